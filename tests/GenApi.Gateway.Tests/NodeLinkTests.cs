using System.Net.WebSockets;
using System.Text;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests;

/// <summary>A node's link, with somebody at the other end who is no gateway.</summary>
public sealed class NodeLinkTests(NodeLinkTests.OneNode shared) : IClassFixture<NodeLinkTests.OneNode>
{
    private TestApp Node => shared.Cluster.Nodes["a"];

    /// <summary>What breaks the protocol: each a name, whether it comes after a right HELLO, and the bytes.</summary>
    public static TheoryData<string, bool, byte[]> Junk => new()
    {
        { "garbage", false, Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: nowhere\r\n\r\n") },
        { "random", false, [.. Enumerable.Range(0, 500).Select(i => (byte)(i * 31))] },
        { "zeros", false, new byte[100] },
        { "huge length", false, LinkBytes.HugeLength },
        { "huge length later", true, LinkBytes.HugeLength },
        { "length too small", true, [9, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
        { "no hello", false, LinkBytes.CallFrame(1, "echo", "{}") },
        { "hello twice", true, LinkBytes.Greeting() },
        { "hello that is no json", false, LinkBytes.Frame(LinkBytes.Hello, 0, "nonsense") },
        { "hello that is null", false, LinkBytes.Frame(LinkBytes.Hello, 0, "null") },
        { "hello without a body", false, LinkBytes.Frame(LinkBytes.Hello, 0, "") },
        { "unknown type", true, LinkBytes.Frame(99, 1, "") },
        { "type zero", true, LinkBytes.Frame(0, 1, "") },
        { "a frame that only nodes send", true, LinkBytes.Frame(LinkBytes.Result, 1, "{}") },
        { "goaway", true, LinkBytes.Frame(LinkBytes.GoAway, 0, "") },
        { "credit too short", true, LinkBytes.Frame(LinkBytes.Credit, 1, [1, 2]) },
        { "call without a header", true, LinkBytes.Frame(LinkBytes.Call, 1, "") },
        { "call cut in its header", true, LinkBytes.Frame(LinkBytes.Call, 1, [200, 0, 1]) },
        { "call that names no function", true, LinkBytes.Frame(LinkBytes.Call, 1, [0, 0]) },
        { "call with a field cut short", true, LinkBytes.Frame(LinkBytes.Call, 1, [4, 0, 1, 99, 0, 1]) },
    };

    [Theory]
    [MemberData(nameof(Junk))]
    public async Task Junk_ends_its_link_and_no_other(string name, bool afterHello, byte[] bytes)
    {
        using var healthy = await RawLink.OpenAsync(Node);
        using var broken = afterHello ? await RawLink.OpenAsync(Node) : await RawLink.ConnectAsync(Node);
        await broken.SendAsync(bytes);
        await broken.EndAsync();

        // The goodbye may be lost with the connection.
        Assert.Equal((name, WebSocketCloseStatus.ProtocolError), (name, broken.CloseStatus ?? WebSocketCloseStatus.ProtocolError));
        await AssertWorksAsync(healthy);
        (await shared.CallAsync("echo", """{"message":"x"}""")).AssertResult("\"x\"");
    }

    [Fact]
    public async Task A_text_message_ends_its_link_and_no_other()
    {
        using var healthy = await RawLink.OpenAsync(Node);
        using var broken = await RawLink.OpenAsync(Node);
        await broken.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text);
        await broken.EndAsync();

        Assert.Equal(WebSocketCloseStatus.ProtocolError, broken.CloseStatus ?? WebSocketCloseStatus.ProtocolError);
        await AssertWorksAsync(healthy);
    }

    [Fact]
    public async Task A_link_that_ends_in_the_middle_of_a_frame_harms_nobody()
    {
        using var healthy = await RawLink.OpenAsync(Node);
        using (var broken = await RawLink.OpenAsync(Node))
        {
            await broken.SendAsync(LinkBytes.CallFrame(1, "echo", "{}")[..20], endOfMessage: false);
        }

        await AssertWorksAsync(healthy);
    }

    [Fact]
    public async Task Frames_may_be_split_and_joined_anyhow()
    {
        using var link = await RawLink.ConnectAsync(Node);
        byte[] bytes = [.. LinkBytes.Greeting(), .. LinkBytes.CallFrame(1, "echo", """{"message":"a"}"""), .. LinkBytes.CallFrame(2, "echo", """{"message":"b"}""")];
        foreach (var part in bytes)
        {
            await link.SendAsync([part], endOfMessage: part % 2 == 0);
        }

        Assert.Equal(LinkBytes.Hello, (await link.FrameAsync()).Type);
        var frames = new[] { await link.FrameAsync(), await link.FrameAsync() };
        Assert.Equal([(1UL, "\"a\""), (2UL, "\"b\"")], frames.Select(frame => (frame.CallId, frame.Text)).Order());
    }

    [Fact]
    public async Task A_call_of_an_unknown_function_is_answered_and_the_link_lives()
    {
        using var link = await RawLink.OpenAsync(Node);
        await link.SendAsync(LinkBytes.CallFrame(5, "no_such", "{}"));
        var frame = await link.FrameAsync();

        Assert.Equal((LinkBytes.Error, 5UL), (frame.Type, frame.CallId));
        Assert.Contains("not_found", frame.Text, StringComparison.Ordinal);
        await AssertWorksAsync(link);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{\"message\":")]
    public async Task Arguments_that_are_no_json_object_are_answered_with_an_error_and_the_link_lives(string args)
    {
        using var link = await RawLink.OpenAsync(Node);
        await link.SendAsync(LinkBytes.CallFrame(6, "echo", args));
        var frame = await link.FrameAsync();

        Assert.Equal((LinkBytes.Error, 6UL), (frame.Type, frame.CallId));
        await AssertWorksAsync(link);
    }

    [Fact]
    public async Task Cancels_and_credits_of_calls_that_do_not_run_are_passed_over()
    {
        using var link = await RawLink.OpenAsync(Node);
        await link.SendAsync(LinkBytes.Frame(LinkBytes.Cancel, 99, ""));
        await link.SendAsync(LinkBytes.Frame(LinkBytes.Credit, 99, [1, 0, 0, 0]));
        await AssertWorksAsync(link);
    }

    [Fact]
    public async Task Fields_of_later_versions_are_passed_over()
    {
        using var link = await RawLink.OpenAsync(Node);
        await link.SendAsync(LinkBytes.Frame(LinkBytes.Call, 7, [13, 0, 200, 3, 0, 1, 2, 3, 1, 4, 0, .. "node"u8, .. "{}"u8]));

        Assert.Equal("\"a\"", (await link.FrameAsync()).Text);
    }

    [Fact]
    public async Task A_cancel_reaches_the_handler()
    {
        using var link = await RawLink.OpenAsync(Node);
        var (key, gate) = shared.Cluster.Gates.New();
        await link.SendAsync(LinkBytes.CallFrame(8, "hold", $$"""{"key":"{{key}}"}"""));
        await Wait.For(gate.Started);
        await link.SendAsync(LinkBytes.Frame(LinkBytes.Cancel, 8, ""));

        await Wait.For(gate.Cancelled);
    }

    [Theory]
    [InlineData(null, "genapi.link.v1", 401)]
    [InlineData("wrong", "genapi.link.v1", 401)]
    [InlineData(TestCluster.AdminToken, "genapi.link.v1", 401)]
    [InlineData(TestCluster.ClusterToken, "genapi.link.v2", 400)]
    [InlineData(TestCluster.ClusterToken, null, 400)]
    public async Task A_wrong_token_or_protocol_is_refused(string? bearer, string? protocol, int status)
    {
        var refused = await Assert.ThrowsAsync<RawLink.RefusedException>(() => RawLink.ConnectAsync(Node, bearer, protocol));

        Assert.Equal(status, refused.Status);
        (await shared.CallAsync("echo", """{"message":"x"}""")).AssertResult("\"x\"");
    }

    [Fact]
    public async Task A_plain_request_is_told_what_this_is()
    {
        using var http = new HttpClient { BaseAddress = Node.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", TestCluster.ClusterToken);
        var response = await http.GetAsync("/genapi/link", Wait.Ended);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("genapi.link.v1", await response.Content.ReadAsStringAsync(Wait.Ended), StringComparison.Ordinal);
    }

    private static async Task AssertWorksAsync(RawLink link)
    {
        await link.SendAsync(LinkBytes.CallFrame(1000, "echo", """{"message":"alive"}"""));
        var frame = await link.FrameAsync();

        Assert.Equal((LinkBytes.Result, 1000UL, "\"alive\""), (frame.Type, frame.CallId, frame.Text));
    }

    /// <summary>A gateway with one node.</summary>
    public sealed class OneNode : IAsyncLifetime
    {
        private string _alice = "";

        internal TestCluster Cluster { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Cluster = await TestCluster.StartAsync("a");
            _alice = await Cluster.Api.TokenAsync("alice");
        }

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();

        internal Task<Answer> CallAsync(string function, string args) => Cluster.Api.CallAsync("test", function, args, _alice);
    }
}
