using GenApi.Gateway;
using GenApi.Protocol.Configs;

namespace GenApi.Tests.Gateway;

public sealed class GatewayOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(Faults(_ => { }));

    [Fact]
    public void Each_fault_is_a_sentence_that_names_its_option()
    {
        Expect("GenApi:ClusterToken must have at least 16", options => options.ClusterToken = "short");
        Expect("GenApi:ClusterToken must have at least 16", options => options.ClusterToken = "");
        Expect("GenApi:AdminToken must have at least 16", options => options.AdminToken = "short");
        Expect("GenApi:AdminToken must have no other characters", options => options.AdminToken = "ein-schlüssel-mit-umlaut");
        Expect("GenApi:ResultLifetime", options => options.ResultLifetime = TimeSpan.Zero);
        Expect("GenApi:MaxStoredResults", options => options.MaxStoredResults = 0);
        Expect("GenApi:AsyncPool:Size", options => options.AsyncPool.Size = 0);
        Expect("GenApi:StreamPool:QueueLimit", options => options.StreamPool.QueueLimit = -1);
        Expect("GenApi:Nodes:Breaker:ConsecutiveFailures", options => options.Nodes.Breaker.ConsecutiveFailures = 0);
        Expect("GenApi:Nodes:Breaker:FailureRate", options => options.Nodes.Breaker.FailureRate = 1.1);
        Expect("GenApi:AsyncPool:Breaker:OpenFor", options => options.AsyncPool.Breaker.OpenFor = TimeSpan.Zero);
        Expect("GenApi:GatewayId is 'a b'", options => options.GatewayId = "a b");
        Expect("GenApi:Address is 'here'", options => options.Address = "here");
        Expect("GenApi:EventName", options => options.EventName = " ");
        Expect("GenApi:AdminActions has 'fly'", options => options.AdminActions.Add("fly"));
        Expect("GenApi:MaxPayloadBytes is 1023", options => options.MaxPayloadBytes = 1023);
        Expect("GenApi:MaxPayloadBytes", options => options.MaxPayloadBytes = 256 * 1024 * 1024 + 1);
        Expect("GenApi:MaxParallelCallsPerConnection", options => options.MaxParallelCallsPerConnection = 0);
        Expect("GenApi:MaxParallelCallsPerConnection", options => options.MaxParallelCallsPerConnection = 10_001);
        Expect("GenApi:TokenLifetime", options => options.TokenLifetime = TimeSpan.Zero);
        Expect("GenApi:TokenLifetime", options => options.TokenLifetime = TimeSpan.FromDays(366));
        Expect("GenApi:Arguments:MaxBytes", options => options.Arguments.MaxBytes = 0);
        Expect("GenApi:Arguments:MaxItems", options => options.Arguments.MaxItems = 1_000_001);
        Expect("GenApi:Arguments:MaxItemBytes", options => options.Arguments.MaxItemBytes = -1);
        Expect("GenApi:Nodes:LeaseExpiry", options => options.Nodes.LeaseExpiry = TimeSpan.FromMilliseconds(299));
        Expect("GenApi:Nodes:WatchInterval", options => options.Nodes.WatchInterval = TimeSpan.FromMinutes(2));
        Expect("GenApi:Nodes:ConnectTimeout", options => options.Nodes.ConnectTimeout = TimeSpan.Zero);
        Expect("GenApi:Nodes:LongestReconnectDelay", options => options.Nodes.LongestReconnectDelay = TimeSpan.FromMilliseconds(1));
        Expect("GenApi:Nodes:KeepAlive", options => options.Nodes.KeepAlive = TimeSpan.FromMilliseconds(1));
        Expect("GenApi:Nodes:MaxFrameBytes", options => options.Nodes.MaxFrameBytes = (256 * 1024) - 1);
        Expect("GenApi:Nodes:MaxCallsPerLink", options => options.Nodes.MaxCallsPerLink = 0);
        Expect("GenApi:FailedConfigs:MaxEntries", options => options.FailedConfigs.MaxEntries = 99);
        Expect("GenApi:Relay:Service is ''", options => options.Relay.Service = "");
        Expect("GenApi:Relay:GracePeriod", options => options.Relay.GracePeriod = TimeSpan.FromMinutes(11));
        Expect("GenApi:Relay:SweepInterval", options => options.Relay.SweepInterval = TimeSpan.Zero);
        Expect("GenApi:Relay:MaxMembersPerGroup", options => options.Relay.MaxMembersPerGroup = 0);
        Expect("GenApi:Relay:MaxGroupsPerUser", options => options.Relay.MaxGroupsPerUser = 0);
        Expect("GenApi:Relay:MaxGroups", options => options.Relay.MaxGroups = 0);
        Expect("GenApi:Relay:MaxMessageBytes", options => options.Relay.MaxMessageBytes = 0);
        Expect("GenApi:Relay:MaxQueuedMessages", options => options.Relay.MaxQueuedMessages = 0);
        Expect("GenApi:Relay:MaxQueuedBytes is 1023", options => options.Relay.MaxQueuedBytes = 1023);
        var pulled = new ServiceConfig { Service = "users", Nodes = ["http://10.0.0.5:5090"] };
        Expect("GenApi:Pull:Services:0:Service must be", options => options.Pull.Services.Add(pulled with { Service = "" }));
        Expect("GenApi:Pull:Services:0:Nodes must have 1 to 32", options => options.Pull.Services.Add(pulled with { Nodes = [] }));
        Expect("GenApi:Pull:Services:0:Nodes has 'ftp://x'", options => options.Pull.Services.Add(pulled with { Nodes = ["ftp://x"] }));
        Expect("GenApi:Pull:Services:0:Path must be", options => options.Pull.Services.Add(pulled with { Path = "http://elsewhere" }));
        Expect("GenApi:Pull:Services:0:VersionPath must be", options => options.Pull.Services.Add(pulled with { VersionPath = "version" }));
        Expect("GenApi:Pull:Services:0:Interval is 999", options => options.Pull.Services.Add(pulled with { Interval = 999 }));
        Expect("GenApi:Pull:Services:0:Timeout is 60001", options => options.Pull.Services.Add(pulled with { Timeout = 60_001 }));
        Expect("GenApi:Pull:Services:1:Service is 'users', which stands in", options =>
        {
            options.Pull.Services.Add(pulled);
            options.Pull.Services.Add(pulled with { VersionPath = "" });
        });
    }

    [Theory]
    [InlineData("push_config")]
    [InlineData("update_rate_limit_config")]
    [InlineData("change_detail_error")]
    [InlineData("enable_tracing")]
    [InlineData("disable_tracing")]
    [InlineData("manage_functions")]
    [InlineData("manage_failed_configs")]
    [InlineData("reset_rate_limit")]
    [InlineData("create_token")]
    [InlineData("*")]
    public void Every_admin_action_of_the_contract_may_be_set(string action) => Assert.Empty(Faults(options => options.AdminActions.Add(action)));

    [Fact]
    public void Values_at_the_ends_of_the_ranges_are_valid()
    {
        Assert.Empty(Faults(options =>
        {
            options.MaxPayloadBytes = 1024;
            options.MaxParallelCallsPerConnection = 1;
            options.TokenLifetime = TimeSpan.FromSeconds(1);
            options.Nodes.LeaseExpiry = TimeSpan.FromMilliseconds(300);
            options.Nodes.WatchInterval = TimeSpan.FromMilliseconds(50);
            options.Nodes.MaxFrameBytes = 256 * 1024;
        }));
        Assert.Empty(Faults(options =>
        {
            options.MaxPayloadBytes = 256 * 1024 * 1024;
            options.MaxParallelCallsPerConnection = 10_000;
            options.TokenLifetime = TimeSpan.FromDays(365);
            options.Nodes.LeaseExpiry = TimeSpan.FromMinutes(10);
            options.Nodes.MaxFrameBytes = 1024 * 1024 * 1024;
            options.Nodes.MaxCallsPerLink = 1_000_000;
        }));
    }

    [Fact]
    public void All_faults_are_named_at_once() =>
        Assert.Equal(3, Faults(options =>
        {
            options.ClusterToken = "x";
            options.EventName = "";
            options.MaxPayloadBytes = 0;
        }).Count);

    private static void Expect(string words, Action<GenApiGatewayOptions> change) =>
        Assert.Contains(words, Assert.Single(Faults(change)), StringComparison.Ordinal);

    private static List<string> Faults(Action<GenApiGatewayOptions> change)
    {
        var options = new GenApiGatewayOptions();
        change(options);
        return [.. new GenApiGatewayOptionsValidator().Validate(null, options).Failures ?? []];
    }
}
