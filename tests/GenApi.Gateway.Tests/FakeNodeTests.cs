using System.Net.WebSockets;
using System.Text;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests;

/// <summary>A gateway, with something at a node's address that is no node.</summary>
public sealed class FakeNodeTests(SharedCluster shared) : IClassFixture<SharedCluster>
{
    private TestCluster Cluster => shared.Cluster;

    /// <summary>What breaks the protocol: each a name, whether it comes after a right HELLO, and the bytes.</summary>
    public static TheoryData<string, bool, byte[]> Junk => new()
    {
        { "garbage", false, Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\n\r\nhello") },
        { "zeros", false, new byte[100] },
        { "huge length", false, LinkBytes.HugeLength },
        { "huge length later", true, LinkBytes.HugeLength },
        { "no hello", false, LinkBytes.Frame(LinkBytes.Result, 1, "{}") },
        { "hello twice", true, LinkBytes.Greeting() },
        { "hello that is no json", false, LinkBytes.Frame(LinkBytes.Hello, 0, "nonsense") },
        { "hello that is null", false, LinkBytes.Frame(LinkBytes.Hello, 0, "null") },
        { "unknown type", true, LinkBytes.Frame(77, 1, "") },
        { "a frame that only gateways send", true, LinkBytes.CallFrame(1, "echo", "{}") },
    };

    [Theory]
    [MemberData(nameof(Junk))]
    public async Task Junk_ends_its_link_and_no_other(string name, bool afterHello, byte[] bytes)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var fake = await FakeNode.StartAsync(async peer =>
        {
            if (afterHello)
            {
                await peer.GreetAsync();
            }

            await peer.SendAsync(bytes);
            await peer.EndAsync();
            ended.TrySetResult();
        });
        await fake.JoinAsync(Cluster, $"junk-{name.Replace(' ', '-')}", "get");
        await Wait.For(ended.Task);

        await AssertHealthyAsync();
    }

    [Fact]
    public async Task A_text_message_ends_its_link_and_no_other()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var fake = await FakeNode.StartAsync(async peer =>
        {
            await peer.SendAsync("{}"u8.ToArray(), WebSocketMessageType.Text);
            await peer.EndAsync();
            ended.TrySetResult();
        });
        await fake.JoinAsync(Cluster, "junk-text", "get");
        await Wait.For(ended.Task);

        await AssertHealthyAsync();
    }

    [Fact]
    public async Task A_node_that_never_introduces_itself_gets_no_calls()
    {
        var linked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var fake = await FakeNode.StartAsync(async peer =>
        {
            await peer.FrameAsync();
            linked.TrySetResult();
            await peer.EndAsync();
        });
        await fake.JoinAsync(Cluster, "silent", "get");
        await Wait.For(linked.Task);

        (await Cluster.Api.CallAsync("silent", "get", "{}", shared.Alice)).AssertFailed("unavailable", 503, true);
    }

    [Fact]
    public async Task A_node_that_hangs_up_on_every_call_gives_one_answer_to_each()
    {
        await using var fake = await FakeNode.StartAsync(async peer =>
        {
            await peer.GreetAsync();
            await peer.CallAsync();
            peer.Abort();
        });
        await fake.JoinAsync(Cluster, "rude", "get");
        using var hub = await RawHub.ConnectAsync(Cluster, shared.Alice);
        for (var i = 0; i < 5; i++)
        {
            await hub.InvokeAsync($"{i}", HubClient.Request("rude", "get", "{}"));
            (await hub.CompletionAsync($"{i}")).AssertFailed("unavailable", 503, true);
        }

        Assert.Equal(5, hub.Received.Count);
        await AssertHealthyAsync();
    }

    [Fact]
    public async Task Answers_to_calls_that_nobody_made_and_second_answers_are_passed_over()
    {
        await using var fake = await ServingAsync("chatty", async (peer, call) =>
        {
            await peer.SendAsync(LinkBytes.Frame(LinkBytes.Result, call.CallId + 1, "\"another's\""));
            await peer.SendAsync(LinkBytes.Frame(LinkBytes.Result, ulong.MaxValue, "\"another's\""));
            await peer.SendAsync(LinkBytes.Frame(LinkBytes.Result, call.CallId, "\"first\""));
            await peer.SendAsync(LinkBytes.Frame(LinkBytes.Result, call.CallId, "\"second\""));
            await peer.SendAsync(LinkBytes.Frame(LinkBytes.Error, call.CallId, """{"code":"internal","message":"third"}"""));
        });
        using var hub = await RawHub.ConnectAsync(Cluster, shared.Alice);
        for (var i = 0; i < 10; i++)
        {
            await hub.InvokeAsync($"{i}", HubClient.Request("chatty", "get", "{}"));
            (await hub.CompletionAsync($"{i}")).AssertResult("\"first\"");
        }

        Assert.Equal(10, hub.Received.Count);
    }

    [Theory]
    [InlineData("""{"code":"no_such_code","message":"odd"}""", "function_error", 500)]
    [InlineData("""{"code":"timeout","message":"late"}""", "timeout", 504)]
    [InlineData("""{"code":"unavailable","message":"busy"}""", "unavailable", 503)]
    [InlineData("""{"code":"not_found","message":"gone"}""", "not_found", 404)]
    [InlineData("""{"code":"invalid_arguments","message":"bad","details":[{"argument":"a","reason":"b"}]}""", "invalid_arguments", 422)]
    [InlineData("""{"code":null,"message":null}""", "function_error", 500)]
    [InlineData("{}", "function_error", 500)]
    public async Task A_nodes_error_has_the_status_of_its_code(string body, string code, int status)
    {
        var service = $"erring-{Guid.NewGuid():N}";
        await using var fake = await ServingAsync(service, (peer, call) => peer.SendAsync(LinkBytes.Frame(LinkBytes.Error, call.CallId, body)));
        var answer = await Cluster.Api.CallAsync(service, "get", "{}", shared.Alice);

        answer.AssertFailed(code, status, code is "timeout" or "unavailable");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    public async Task An_error_that_is_no_json_ends_the_link_and_the_call(string body)
    {
        var service = $"garbled-{Guid.NewGuid():N}";
        await using var fake = await ServingAsync(service, (peer, call) => peer.SendAsync(LinkBytes.Frame(LinkBytes.Error, call.CallId, body)));
        using var hub = await RawHub.ConnectAsync(Cluster, shared.Alice);
        await hub.InvokeAsync("1", HubClient.Request(service, "get", "{}"));

        Assert.False((await hub.CompletionAsync("1")).Success);
        Assert.Single(hub.Received);
        await AssertHealthyAsync();
    }

    [Fact]
    public async Task A_chunk_for_a_call_that_is_no_stream_ends_the_link_and_the_call()
    {
        await using var fake = await ServingAsync("gushing", (peer, call) => peer.SendAsync(LinkBytes.Frame(LinkBytes.Item, call.CallId, "1")));
        using var hub = await RawHub.ConnectAsync(Cluster, shared.Alice);
        await hub.InvokeAsync("1", HubClient.Request("gushing", "get", "{}"));

        (await hub.CompletionAsync("1")).AssertFailed("unavailable", 503, true);
        Assert.Single(hub.Received);
        await AssertHealthyAsync();
    }

    [Theory]
    [InlineData(LinkBytes.Item, 0)]
    [InlineData(LinkBytes.Item, 1)]
    [InlineData(LinkBytes.End, 0)]
    [InlineData(LinkBytes.Result, 0)]
    [InlineData(LinkBytes.Error, 0)]
    public async Task What_comes_late_for_a_call_that_has_ended_is_passed_over(byte type, byte flags)
    {
        var service = $"late-{Guid.NewGuid():N}";
        await using var fake = await ServingAsync(service, async (peer, call) =>
        {
            await peer.SendAsync(LinkBytes.Frame(LinkBytes.Result, call.CallId, "1"));
            await peer.SendAsync(LinkBytes.Frame(type, call.CallId, """{"code":"timeout","message":"late"}""", flags));
        });
        for (var i = 0; i < 3; i++)
        {
            (await Cluster.Api.CallAsync(service, "get", "{}", shared.Alice)).AssertResult("1");
        }
    }

    [Fact]
    public async Task A_result_that_is_no_unicode_harms_only_its_call()
    {
        await using var fake = await ServingAsync("binary", (peer, call) => peer.SendAsync(LinkBytes.Frame(LinkBytes.Result, call.CallId, [(byte)'"', 0xFF, 0xFE, (byte)'"'])));
        using var hub = await RawHub.ConnectAsync(Cluster, shared.Alice);
        await hub.InvokeAsync("1", HubClient.Request("binary", "get", "{}"));

        Assert.False((await hub.CompletionAsync("1")).Success);
        await hub.InvokeAsync("2", HubClient.Request("test", "echo", """{"message":"x"}"""));
        (await hub.CompletionAsync("2")).AssertResult("\"x\"");
    }

    [Theory]
    [InlineData("}{ nonsense")]
    [InlineData("{\"a\":")]
    [InlineData("1,2")]
    [InlineData("\"text\u001emore\"")]
    [InlineData("")]
    [InlineData(" ")]
    public async Task A_result_that_is_no_json_harms_only_its_call(string body)
    {
        var service = $"mumbling-{Guid.NewGuid():N}";
        await using var fake = await ServingAsync(service, (peer, call) => peer.SendAsync(LinkBytes.Frame(LinkBytes.Result, call.CallId, body)));
        await using var hub = await HubClient.ConnectAsync(Cluster, shared.Alice);
        var (key, gate) = Cluster.Gates.New();
        var other = hub.CallAsync("hold", $$"""{"key":"{{key}}"}""");
        await Wait.For(gate.Started);

        Assert.False((await hub.SendAsync(HubClient.Request(service, "get", "{}"))).Success);
        Assert.False((await Cluster.Api.CallAsync(service, "get", "{}", shared.Alice)).Success);
        gate.Release();
        Assert.True((await other).Success);
    }

    [Fact]
    public async Task A_node_that_says_goaway_gets_no_new_calls_and_may_finish_the_old()
    {
        var kept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var fake = await ServingAsync("leaving", async (peer, call) =>
        {
            await peer.SendAsync(LinkBytes.Frame(LinkBytes.GoAway, 0, ""));
            kept.SetResult();
            await finish.Task;
            await peer.SendAsync(LinkBytes.Frame(LinkBytes.Result, call.CallId, "\"finished\""));
        });
        await using var hub = await HubClient.ConnectAsync(Cluster, shared.Alice);
        var old = hub.SendAsync(HubClient.Request("leaving", "get", "{}"));
        await Wait.For(kept.Task);

        // A call that is sent before the gateway has heard the goaway waits behind the old one, and is answered after it.
        var crossed = new List<Task<Answer>>();
        await Wait.UntilAsync(async () =>
        {
            var next = hub.SendAsync(HubClient.Request("leaving", "ready", "{}"));
            crossed.Add(next);

            // An answer of another node on the same connection comes later than a refusal by the gateway itself.
            await hub.CallAsync("node");
            return next.IsCompleted;
        });
        (await crossed[^1]).AssertFailed("unavailable", 503, true);

        Assert.False(old.IsCompleted);
        finish.SetResult();
        (await Wait.For(old)).AssertResult("\"finished\"");
        Assert.All(await Wait.For(Task.WhenAll(crossed[..^1])), answer => answer.AssertResult("true"));
    }

    private async Task AssertHealthyAsync()
    {
        (await shared.CallAsync("echo", """{"message":"x"}""")).AssertResult("\"x\"");
        await using var hub = await shared.HubAsync();
        (await hub.CallAsync("echo", """{"message":"y"}""")).AssertResult("\"y\"");
    }

    /// <summary>A fake node that answers each call of <c>get</c> in its own way, and is ready to be called.</summary>
    private async Task<FakeNode> ServingAsync(string service, Func<FakeNode.Peer, LinkFrame, Task> answer)
    {
        var fake = await FakeNode.StartAsync(async peer =>
        {
            await peer.GreetAsync();
            while (await peer.CallAsync() is { } call)
            {
                await (call.Text.Contains("ready", StringComparison.Ordinal)
                    ? peer.SendAsync(LinkBytes.Frame(LinkBytes.Result, call.CallId, "true"))
                    : answer(peer, call));
            }
        });
        await fake.JoinAsync(Cluster, service, "get", "ready");
        await Wait.UntilAsync(async () => (await Cluster.Api.CallAsync(service, "ready", "{}", shared.Alice)).Success);
        return fake;
    }
}
