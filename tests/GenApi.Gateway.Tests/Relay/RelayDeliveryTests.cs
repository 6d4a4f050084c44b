using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using GenApi.Gateway.Relay;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Storage;
using GenApi.Testing.Redis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace GenApi.Gateway.Tests.Relay;

/// <summary>How messages reach hub connections: in order, once, and nobody waits for the slow.</summary>
public sealed class RelayDeliveryTests
{
    private const int Members = 200;
    private const int Messages = 1000;

    /// <summary>Less than a connection may have waiting, so that nobody who reads loses any.</summary>
    private const int Burst = 100;

    [Fact]
    public async Task Messages_count_under_the_same_rate_limits_by_hub_and_by_function()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?>
            {
                ["GenApi:RateLimits:ApiLimits:0:Service"] = "relay",
                ["GenApi:RateLimits:ApiLimits:0:RequestType"] = "relay_msg",
                ["GenApi:RateLimits:ApiLimits:0:Key"] = "user_id",
                ["GenApi:RateLimits:ApiLimits:0:MaxRequests"] = "2",
                ["GenApi:RateLimits:ApiLimits:0:WindowMs"] = "3600000",
            },
        });
        await using var ann = await RelayClient.ConnectAsync(cluster, "ann");
        await ann.DoAsync("CreateGroup", "g", "public");

        await ann.DoAsync("Relay", "g", "by hub");
        var byFunction = await cluster.Api.CallAsync("relay", "relay_msg", """{"group_id":"g","message":"by function"}""", await cluster.Api.TokenAsync("ann"));
        Assert.Equal(200, byFunction.Status);
        var refused = await ann.AskAsync("Relay", "g", "one too many");
        Assert.Equal("rate_limited", refused.Body.GetProperty("code").GetString());
        Assert.True(refused.Body.GetProperty("retry_after_ms").GetInt64() > 0);
    }

    [RedisFact]
    public async Task Of_200_members_at_two_gateways_one_stalls_and_199_get_1000_messages_in_order_and_once()
    {
        await using var redis = await RedisServer.StartAsync();
        (string, string)[] settings = [("MaxQueuedMessages", $"{2 * Burst}")];
        await using var a = await TestCluster.StartAsync(RelayHost.Gateway(redis.ConnectionString, "a", settings));
        await using var b = await TestCluster.StartAsync(RelayHost.Gateway(redis.ConnectionString, "b", settings) with { ConfigureGateway = KeepBuffersSmall });
        using var dropped = new Drops();
        var clients = new List<RelayClient>();
        try
        {
            for (var number = 0; number < Members - 1; number++)
            {
                clients.Add(await RelayClient.ConnectAsync(number % 2 == 0 ? a : b, $"user-{number}"));
            }

            await clients[0].DoAsync("CreateGroup", "g", "public");
            await Task.WhenAll(clients.Skip(1).Select(client => client.DoAsync("JoinGroup", "g")));
            using var small = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, ConnectCallback = ConnectWithSmallBufferAsync });
            using var stalled = await StalledAsync(b, small);
            await Wait.UntilAsync(async () => (await clients[0].DoAsync("GroupInfo", "g")).Result.GetProperty("members").GetArrayLength() == Members);

            // Two senders, one at each gateway, that do not wait for their answers. Messages large enough to fill the stalled one's buffers.
            var text = new string('x', 1000);
            for (var sent = 0; sent < Messages; sent += Burst)
            {
                var from = sent / 2;
                var answers = new[] { clients[0], clients[1] }.SelectMany(sender => Enumerable.Range(from, Burst / 2)
                    .Select(number => sender.DoAsync("Relay", "g", $"{sender.UserId} {number} {text}"))).ToList();
                foreach (var answer in answers)
                {
                    Assert.Equal(Members, (await answer).Result.GetProperty("recipients_count").GetInt32());
                }

                await Wait.UntilAsync(() => clients.TrueForAll(client => client.Count >= sent + Burst), $"all have {sent + Burst} messages");
            }

            string[] expected = [.. Enumerable.Range(0, Messages / 2).Select(number => $"{number}")];
            foreach (var client in clients)
            {
                Assert.Equal(Messages, client.Count);
                foreach (var sender in (string[])["user-0", "user-1"])
                {
                    Assert.Equal(expected, client.Messages.Select(message => message.Split(' ')).Where(words => words[0] == sender).Select(words => words[1]));
                }

                Assert.Equal(Messages, client.Events.Select(response => response.GetProperty("request_id").GetString()).Distinct().Count());
            }

            // The stalled one is still there; its messages did not pile up: they were dropped, and counted.
            Assert.InRange(dropped.Of("slow_connection"), 1, Messages);
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task A_slow_connection_loses_its_oldest_messages_and_others_none()
    {
        await using var host = await RelayHost.StartAsync(null, settings: ("MaxQueuedMessages", "3"));
        using var dropped = new Drops();
        var slow = await StallAsync(host, static number => $"{number}");
        await Wait.UntilAsync(() => slow.Texts.Count == 4);
        Assert.Equal(["0", "7", "8", "9"], slow.Texts);
        Assert.Equal(6, dropped.Of("slow_connection"));
    }

    [Fact]
    public async Task What_waits_for_a_slow_connection_is_bounded_in_bytes()
    {
        await using var host = await RelayHost.StartAsync(null, settings: ("MaxQueuedBytes", "5000"));
        var slow = await StallAsync(host, static number => $"{number}{new string('x', 2000)}");
        await Wait.UntilAsync(() => slow.Texts.Count == 3);
        Assert.Equal("089", string.Concat(slow.Texts.Select(text => text[0])));
    }

    [Fact]
    public async Task Hub_answers_and_messages_have_the_shape_of_responses()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var ann = await RelayClient.ConnectAsync(cluster, "ann");
        await using var stranger = await RelayClient.ConnectAsync(cluster.Gateway.Address, null, "");

        Assert.Equal("""{"status":"created","group_id":"Grüße","user_id":"ann","state":"active"}""", (await ann.DoAsync("CreateGroup", "Grüße", "private")).Result.GetRawText());
        Assert.Equal("""{"status":"relayed","recipients_count":1}""", (await ann.DoAsync("Relay", "Grüße", new { text = "hello" })).Result.GetRawText());
        await Wait.UntilAsync(() => ann.Count == 1);
        var message = new Answer(0, ann.Events[0]);
        Assert.True(message.Success);
        Assert.NotEmpty(message.RequestId!);
        Assert.Equal(("Grüße", "ann", """{"text":"hello"}"""), (message.Result.GetProperty("group_id").GetString(), message.Result.GetProperty("from_user_id").GetString(), message.Result.GetProperty("message").GetRawText()));
        var info = (await ann.DoAsync("GroupInfo", "Grüße")).Result;
        Assert.Equal("""["group_id","group_type","creator_id","created_at","members"]""", System.Text.Json.JsonSerializer.Serialize(info.EnumerateObject().Select(member => member.Name)));
        Assert.Equal(("private", "ann"), (info.GetProperty("group_type").GetString(), info.GetProperty("members")[0].GetProperty("user_id").GetString()));

        (await ann.AskAsync("JoinGroup", "nowhere")).AssertFailed("not_found", 404, false);
        (await ann.AskAsync("CreateGroup", "g", "secret")).AssertFailed("invalid_request", 400, false);
        (await ann.AskAsync("CreateGroup", "g", null)).AssertFailed("invalid_request", 400, false);
        (await ann.AskAsync("JoinGroup", 7)).AssertFailed("invalid_request", 400, false);
        (await ann.AskAsync("JoinGroup", "")).AssertFailed("invalid_request", 400, false);
        (await ann.AskAsync("AcceptMember", "Grüße", new { user = "x" })).AssertFailed("invalid_request", 400, false);
        (await ann.AskAsync("Relay", "Grüße", new string('x', 70_000))).AssertFailed("invalid_request", 413, false);
        foreach (var method in (string[])["JoinGroup", "LeaveGroup", "GroupInfo", "DeleteGroup"])
        {
            (await stranger.AskAsync(method, "Grüße")).AssertFailed("unauthenticated", 401, false);
        }

        (await stranger.AskAsync("Relay", "Grüße", "hello")).AssertFailed("unauthenticated", 401, false);
        (await stranger.AskAsync("CreateGroup", "g", "public")).AssertFailed("unauthenticated", 401, false);
    }

    [Fact]
    public async Task Relay_msg_sends_by_both_doors_and_says_what_the_groups_say()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var ann = await RelayClient.ConnectAsync(cluster, "ann");
        var token = await cluster.Api.TokenAsync("ann");
        await ann.DoAsync("CreateGroup", "g", "public");

        (await cluster.Api.CallAsync("relay", "relay_msg", """{"group_id":"g","message":{"text":"by http"}}""", token)).AssertResult("""{"status":"relayed","recipients_count":1}""");
        (await HubCallAsync(ann, """{"group_id":"g","message":"by hub"}""")).AssertResult("""{"status":"relayed","recipients_count":1}""");
        await Wait.UntilAsync(() => ann.Count == 2);
        Assert.Equal(["""{"text":"by http"}""", "by hub"], ann.Messages);

        var missing = await cluster.Api.CallAsync("relay", "relay_msg", """{"group_id":"nowhere","message":1}""", token);
        missing.AssertFailed("not_found", 404, false);
        Assert.Equal("Group not found", missing.Error);
        var stranger = await cluster.Api.CallAsync("relay", "relay_msg", """{"group_id":"g","message":1}""", await cluster.Api.TokenAsync("eve"));
        stranger.AssertFailed("permission_denied", 403, false);
        Assert.Equal("Not a member of this group", stranger.Error);
        (await cluster.Api.CallAsync("relay", "relay_msg", """{"group_id":7}""", token)).AssertFailed("invalid_arguments", 422, false);
        (await cluster.Api.CallAsync("relay", "relay_msg", """{"group_id":"g","message":1}""", null)).AssertFailed("unauthenticated", 401, false);
    }

    [Fact]
    public async Task Messages_that_a_client_does_not_wait_for_keep_their_order()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var ann = await RelayClient.ConnectAsync(cluster, "ann");
        await ann.DoAsync("CreateGroup", "g", "public");

        await Task.WhenAll(Enumerable.Range(0, 1000).Select(number => ann.DoAsync("Relay", "g", number)));
        await Wait.UntilAsync(() => ann.Count == 1000);
        Assert.Equal(Enumerable.Range(0, 1000).Select(number => $"{number}"), ann.Messages);
    }

    /// <summary>Bob sends ten messages and gets each of them, while Ann's connection takes none; then it does.</summary>
    /// <returns>What comes to Ann.</returns>
    private static async Task<RecordingSink> StallAsync(RelayHost host, Func<int, string> text)
    {
        var stalled = new TaskCompletionSource();
        var slow = host.Connect("ann", new RecordingSink(stalled.Task)).Sink;
        var quick = host.Connect("bob").Sink;
        await host.Relay.CreateAsync("g", GroupType.Public, "bob", Wait.Ended);
        await host.Relay.JoinAsync("g", "ann", Wait.Ended);
        for (var number = 0; number < 10; number++)
        {
            await GroupTests.SendAsync(host, "g", "bob", text(number));
            await Wait.UntilAsync(() => quick.Texts.Count == number + 1);
        }

        stalled.SetResult();
        return slow;
    }

    private static async Task<Answer> HubCallAsync(RelayClient client, string args) =>
        await client.AskAsync("Call", System.Text.Json.JsonDocument.Parse(HubClient.Request("relay", "relay_msg", args)).RootElement);

    /// <summary>A member who joins and then never reads again.</summary>
    private static async Task<ClientWebSocket> StalledAsync(TestCluster cluster, HttpMessageInvoker invoker)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {await cluster.Api.TokenAsync("stalled")}");
        await socket.ConnectAsync(new UriBuilder(cluster.Gateway.Address) { Scheme = "ws", Path = "/genapi" }.Uri, invoker, Wait.Ended);
        foreach (var text in (string[])["""{"protocol":"json","version":1}""", """{"type":1,"target":"JoinGroup","arguments":["g"]}"""])
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes($"{text}\u001e"), WebSocketMessageType.Text, endOfMessage: true, Wait.Ended);
        }

        return socket;
    }

    // The system's own buffers would take the whole test's messages for a client that reads none.
    private static async ValueTask<Stream> ConnectWithSmallBufferAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static void KeepBuffersSmall(WebApplicationBuilder builder) => builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = endPoint =>
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        socket.SendBufferSize = 16 * 1024;
        return socket;
    });

    /// <summary>Counts the messages that gateways of this process drop.</summary>
    private sealed class Drops : IDisposable
    {
        private readonly System.Diagnostics.Metrics.MeterListener _listener = new();
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, long> _counts = new();

        public Drops()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "genapi.relay.dropped")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, count, tags, _) => _counts.AddOrUpdate((string)tags[0].Value!, count, (_, sum) => sum + count));
            _listener.Start();
        }

        public long Of(string reason) => _counts.GetValueOrDefault(reason);

        public void Dispose() => _listener.Dispose();
    }
}
