using GenApi.Node;

namespace GenApi.Tests.Node;

public sealed class NodeOptionsTests
{
    [Fact]
    public void The_defaults_with_a_token_are_valid() => Assert.Empty(Faults(_ => { }));

    [Fact]
    public void Each_fault_is_a_sentence_that_names_its_option()
    {
        Expect("GenApi:ClusterToken is not set", options => options.ClusterToken = null);
        Expect("GenApi:ClusterToken is not set", options => options.ClusterToken = "");
        Expect("at least 16 characters", options => options.ClusterToken = "too short");
        Expect("GenApi:ClusterToken must have no other characters", options => options.ClusterToken = "long enough, but with spaces");
        Expect("GenApi:Node:Gateways has 'localhost:5080'", options => options.Gateways.Add("localhost:5080"));
        Expect("GenApi:Node:Address is 'tcp://x'", options => options.Address = "tcp://x");
        Expect("GenApi:Node:LeaseInterval", options => options.LeaseInterval = TimeSpan.FromMilliseconds(99));
        Expect("GenApi:Node:LeaseInterval", options => options.LeaseInterval = TimeSpan.FromMinutes(6));
        Expect("GenApi:Node:RequestTimeout", options => options.RequestTimeout = TimeSpan.Zero);
        Expect("GenApi:Node:RequestTimeout", options => options.RequestTimeout = TimeSpan.FromMinutes(2));
        Expect("GenApi:Node:DrainTimeout", options => options.DrainTimeout = TimeSpan.FromSeconds(-1));
        Expect("GenApi:Node:DrainTimeout", options => options.DrainTimeout = TimeSpan.FromMinutes(6));
        Expect("GenApi:Node:KeepAlive", options => options.KeepAlive = TimeSpan.FromMilliseconds(999));
        Expect("GenApi:Node:KeepAlive", options => options.KeepAlive = TimeSpan.FromMinutes(6));
        Expect("GenApi:Node:MaxConcurrentCalls", options => options.MaxConcurrentCalls = 0);
        Expect("GenApi:Node:MaxConcurrentCalls", options => options.MaxConcurrentCalls = 1_000_001);
        Expect("GenApi:Node:MaxFrameBytes", options => options.MaxFrameBytes = (256 * 1024) - 1);
        Expect("GenApi:Node:MaxFrameBytes", options => options.MaxFrameBytes = int.MaxValue);
    }

    [Fact]
    public void Values_at_the_ends_of_the_ranges_are_valid()
    {
        Assert.Empty(Faults(options =>
        {
            options.LeaseInterval = TimeSpan.FromMilliseconds(100);
            options.RequestTimeout = TimeSpan.FromMilliseconds(100);
            options.DrainTimeout = TimeSpan.Zero;
            options.KeepAlive = TimeSpan.FromSeconds(1);
            options.MaxConcurrentCalls = 1;
            options.MaxFrameBytes = 256 * 1024;
            options.Address = "http://10.0.0.5:5090";
            options.Gateways.Add("http://localhost:5080");
        }));
        Assert.Empty(Faults(options =>
        {
            options.LeaseInterval = TimeSpan.FromMinutes(5);
            options.RequestTimeout = TimeSpan.FromMinutes(1);
            options.DrainTimeout = TimeSpan.FromMinutes(5);
            options.KeepAlive = TimeSpan.FromMinutes(5);
            options.MaxConcurrentCalls = 1_000_000;
            options.MaxFrameBytes = 1024 * 1024 * 1024;
        }));
    }

    [Fact]
    public void All_faults_are_named_at_once() =>
        Assert.Equal(3, Faults(options =>
        {
            options.ClusterToken = null;
            options.Address = "x";
            options.MaxConcurrentCalls = -1;
        }).Count);

    private static void Expect(string words, Action<GenApiNodeOptions> change) =>
        Assert.Contains(words, Assert.Single(Faults(change)), StringComparison.Ordinal);

    private static List<string> Faults(Action<GenApiNodeOptions> change)
    {
        var options = new GenApiNodeOptions { ClusterToken = "0123456789abcdef" };
        change(options);
        return [.. new GenApiNodeOptionsValidator().Validate(null, options).Failures ?? []];
    }
}
