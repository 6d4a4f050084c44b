using System.Security.Claims;
using FsCheck;
using FsCheck.Fluent;
using GenApi.Gateway;
using GenApi.Gateway.Calls;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.Nodes.Links;
using GenApi.Gateway.Nodes.Selection;
using GenApi.Gateway.Security;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;
using GenApi.Protocol.Link;

namespace GenApi.Tests.Gateway;

public sealed class NodeSelectionTests
{
    private const int Keys = 4000;

    [Fact]
    public void By_hash_a_node_that_leaves_moves_only_its_own_keys()
    {
        var cases = (from count in Gen.Choose(2, 12) from leaver in Gen.Choose(0, count - 1) from seed in Gen.Choose(0, 1_000_000) select (count, leaver, seed)).ToArbitrary();
        Prop.ForAll(cases, sample =>
        {
            var all = Nodes(sample.count, sample.seed);
            CallTarget[] left = [.. all.Where((_, index) => index != sample.leaver)];
            var chooser = new HashChooser("key");
            return Enumerable.Range(0, 200).All(key =>
            {
                var call = CallWith($$"""{"key":"{{key}}-{{sample.seed}}"}""");
                var before = all[chooser.Choose(all, call)];

                // With two nodes, the one that is left is the only choice, and the gateway asks no chooser.
                var after = left.Length == 1 ? left[0] : left[chooser.Choose(left, call)];
                return before == all[sample.leaver] || before == after;
            });
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(10)]
    public void By_hash_each_node_gets_about_its_share_and_a_new_node_takes_about_its_own(int count)
    {
        var before = Nodes(count, 7);
        var after = Nodes(count + 1, 7);
        var chooser = new HashChooser("key");
        var calls = Enumerable.Range(0, Keys).Select(key => CallWith($$"""{"key":"user-{{key}}"}""")).ToList();

        foreach (var share in calls.CountBy(call => chooser.Choose(before, call)))
        {
            Assert.InRange(share.Value, Keys / count * 0.8, Keys / count * 1.2);
        }

        var moved = calls.Where(call => before[chooser.Choose(before, call)].Address != after[chooser.Choose(after, call)].Address).ToList();
        Assert.InRange(moved.Count, Keys / (count + 1) * 0.8, Keys / (count + 1) * 1.2);
        Assert.All(moved, call => Assert.Equal(after[^1].Address, after[chooser.Choose(after, call)].Address));
    }

    [Fact]
    public void Two_spellings_of_one_text_lead_to_one_node()
    {
        var nodes = Nodes(10, 3);
        var chooser = new HashChooser("key");
        Assert.Equal(
            chooser.Choose(nodes, CallWith("""{"other":1,"key":"é"}""")),
            chooser.Choose(nodes, CallWith("""{"key":"\u00e9"}""")));
    }

    [Fact]
    public void Without_an_argument_the_request_id_decides()
    {
        var nodes = Nodes(10, 3);
        var chooser = new HashChooser(null);
        Assert.True(Enumerable.Range(0, 100).Select(id => chooser.Choose(nodes, CallWith("{}", $"r{id}"))).Distinct().Count() > 5);
        Assert.Equal(chooser.Choose(nodes, CallWith("""{"a":1}""", "r1")), chooser.Choose(nodes, CallWith("{}", "r1")));
    }

    [Fact]
    public void At_random_each_node_gets_about_its_share()
    {
        var nodes = Nodes(4, 1);
        var chooser = new RandomChooser();
        foreach (var share in Enumerable.Range(0, Keys).Select(_ => chooser.Choose(nodes, CallWith("{}"))).CountBy(index => index))
        {
            // Ten standard deviations: this fails for a wrong chooser, and for no right one in a lifetime.
            Assert.InRange(share.Value, 1000 - 280, 1000 + 280);
        }
    }

    [Fact]
    public void In_turn_each_node_gets_exactly_its_share()
    {
        var nodes = Nodes(5, 1);
        var chooser = new RoundRobinChooser();
        Assert.All(Enumerable.Range(0, 500).Select(_ => chooser.Choose(nodes, CallWith("{}"))).CountBy(index => index), share => Assert.Equal(100, share.Value));
    }

    [Fact]
    public void The_less_busy_of_two_is_chosen()
    {
        CallTarget[] nodes = [new Target("http://a", 3), new Target("http://b", 1)];
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(1, new LeastBusyChooser().Choose(nodes, CallWith("{}"))));
    }

    [Fact]
    public void A_key_sticks_to_the_node_that_answered_while_it_is_there()
    {
        var nodes = Nodes(6, 9);
        var chooser = new StickyChooser("key", TimeProvider.System);
        var call = CallWith("""{"key":"alice"}""");
        var other = (chooser.Choose(nodes, call) + 1) % nodes.Length;
        chooser.Answered(nodes[other], call);
        Assert.Equal(other, chooser.Choose(nodes, call));

        CallTarget[] without = [.. nodes.Where((_, index) => index != other)];
        Assert.InRange(chooser.Choose(without, call), 0, without.Length - 1);
        Assert.Equal(other, chooser.Choose(nodes, call));
    }

    [Fact]
    public void What_is_remembered_is_bounded_and_ages_out()
    {
        var time = new ManualTime();
        var table = new RecentTable<int, string>(time, capacity: 100, TimeSpan.FromMinutes(1));
        for (var key = 0; key < 10_000; key++)
        {
            table.Set(key, "node");
        }

        Assert.InRange(Enumerable.Range(0, 10_000).Count(key => table.TryGet(key, out _)), 1, 101);
        table.Set(-1, "node");
        time.Advance(TimeSpan.FromMinutes(1));
        table.Set(-2, "node");
        time.Advance(TimeSpan.FromMinutes(1));
        table.Set(-3, "node");
        Assert.False(table.TryGet(-1, out _));
    }

    private static CallTarget[] Nodes(int count, int seed) =>
        [.. Enumerable.Range(0, count).Select(index => (CallTarget)new Target($"http://node-{seed}-{index}:5090", 0))];

    private static Call CallWith(string args, string requestId = "r") => new(
        new CallRequest { Service = "s", RequestType = "t", RequestId = requestId, Args = RawJson.FromString(args) },
        Caller.Of(new ClaimsPrincipal(), null),
        CancellationToken.None);

    private sealed class Target(string address, int inFlight)
        : CallTarget(address, new CircuitBreaker(new BreakerOptions(), TimeProvider.System, static _ => { }))
    {
        public override bool IsReachable => true;

        public override int InFlight => inFlight;

        public override ValueTask<LinkReply> CallAsync(CallFlags flags, in CallHeader header, RawJson args, long deadline, IFrameObserver? observer, CancellationToken aborted) =>
            throw new NotSupportedException("Nothing is called here.");

        public override PendingStream? OpenStream(in CallHeader header, RawJson args, long deadline, IFrameObserver? observer) => null;
    }
}
