using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using GenApi.Cluster.Tests.Clients;
using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests;

/// <summary>Whatever is thrown at the cluster gets a clear answer, or a closed connection, and the same processes go on answering calls.</summary>
[Collection(SharedCluster.Name)]
public sealed class JunkTests(RunningCluster cluster) : ClusterTest(cluster)
{
    private const string WrongToken = "not-the-token-of-this-cluster-000";
    private const int MiB = 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [ClusterTheory]
    [InlineData("{\"message\":", 400, "invalid_request")]
    [InlineData("\"message\"", 400, "invalid_request")]
    [InlineData("\u0000\u0001\u0002", 400, "invalid_request")]
    [InlineData("{\"message\":42}", 422, "invalid_arguments")]
    [InlineData("{}", 422, "invalid_arguments")]
    [InlineData("{\"message\":\"hi\",\"more\":1}", 422, "invalid_arguments")]
    public async Task Junk_by_HTTP_is_answered_by_its_name(string body, int status, string code)
    {
        var token = await Cluster.Http.CreateTokenAsync("alice", Cancellation);

        var answer = await Cluster.Http.CallAsync(token, "echo", body, Cancellation);

        Assert.Equal((status, false, code, false), (answer.HttpStatus, answer.Success, answer.Code, answer.CanRetry));
        Assert.False(string.IsNullOrEmpty(answer.Error));
        await Cluster.AssertHealthyAsync(Cancellation);
    }

    [ClusterFact]
    public async Task A_payload_that_is_too_large_is_refused_by_HTTP()
    {
        var token = await Cluster.Http.CreateTokenAsync("alice", Cancellation);

        var answer = await Cluster.Http.CallAsync(token, "echo", $$"""{"message":"{{new string('x', 2 * MiB)}}"}""", Cancellation);

        Assert.Equal((413, false, "invalid_request"), (answer.HttpStatus, answer.Success, answer.Code));
        await Cluster.AssertHealthyAsync(Cancellation);
    }

    [JavaScriptTheory]
    [InlineData("\"text\"")]
    [InlineData("42")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"service":"sample","request_type":"echo"}""")]
    [InlineData("""{"service":7,"request_type":"echo","request_id":"r1"}""")]
    [InlineData("""{"service":"sample","request_type":"echo","request_id":"r1","args":[]}""")]
    public async Task Junk_by_hub_is_answered_once_and_the_connection_lives(string request)
    {
        await using var client = JavaScriptClient.Start();
        var connection = await client.ConnectAsync(Cluster.AppHost.Gateway, await Cluster.Http.CreateTokenAsync("alice", Cancellation), Cancellation);

        var answer = await connection.InvokeCallAsync(JsonNode.Parse(request), Cancellation);

        Assert.Equal((false, "invalid_request", false), (answer.Success, answer.Code, answer.CanRetry));
        Assert.False(string.IsNullOrEmpty(answer.Error));
        await AssertStillAnsweredAsync(connection);
    }

    [JavaScriptFact]
    public async Task A_payload_that_is_too_large_is_answered_by_hub_and_the_connection_lives()
    {
        await using var client = JavaScriptClient.Start();
        var connection = await client.ConnectAsync(Cluster.AppHost.Gateway, await Cluster.Http.CreateTokenAsync("alice", Cancellation), Cancellation);

        var answer = await connection.CallAsync("echo", "large", $$"""{"message":"{{new string('x', 2 * MiB)}}"}""", Cancellation);

        Assert.Equal((false, "invalid_request", "large"), (answer.Success, answer.Code, answer.RequestId));
        await AssertStillAnsweredAsync(connection);
    }

    [JavaScriptFact]
    public async Task A_hub_method_that_is_not_there_is_an_error_and_the_connection_lives()
    {
        await using var client = JavaScriptClient.Start();
        var connection = await client.ConnectAsync(Cluster.AppHost.Gateway, await Cluster.Http.CreateTokenAsync("alice", Cancellation), Cancellation);

        await Assert.ThrowsAsync<JavaScriptException>(() => connection.InvokeAsync("Nope", [], Cancellation));
        await Assert.ThrowsAsync<JavaScriptException>(() => connection.InvokeAsync("Call", [1, 2, 3], Cancellation));

        await AssertStillAnsweredAsync(connection);
    }

    [ClusterTheory]
    [InlineData("/genapi", null)]
    [InlineData("/genapi/link", "genapi.link.v1")]
    public async Task Garbage_on_a_WebSocket_closes_that_connection_only(string path, string? protocol)
    {
        // The hub reads up to this byte; without it, it would wait for more until its handshake times out.
        const byte end = 0x1e;
        byte[][] garbage =
        [
            [.. RandomNumberGenerator.GetBytes(64 * 1024), end],
            [.. """{"protocol":"nonsense","version":99}"""u8, end],
            [0xff, 0xff, 0xff, 0xff, .. new byte[60], end],
            [.. new byte[1024], end],
        ];
        foreach (var bytes in garbage)
        {
            await SendGarbageAsync(path, protocol, bytes, WebSocketMessageType.Binary);
        }

        await SendGarbageAsync(path, protocol, Encoding.UTF8.GetBytes("hello\u001ehello\u001e"), WebSocketMessageType.Text);

        await Cluster.AssertHealthyAsync(Cancellation);
    }

    [ClusterFact]
    public async Task Without_the_cluster_token_nothing_inside_the_cluster_answers()
    {
        var gateway = Cluster.AppHost.Gateway;
        var node = new Uri(Cluster.AppHost.Nodes[0].Address);
        foreach (var token in (string?[])[null, "", WrongToken, Cluster.AppHost.AdminToken, Cluster.AppHost.ClusterToken[..^1]])
        {
            foreach (var path in (string[])["/cluster/push", "/cluster/lease", "/cluster/deregister"])
            {
                Assert.Equal(401, await Cluster.Http.PostStatusAsync(new Uri(gateway, path), token, "{}", Cancellation));
            }

            Assert.Equal(401, await Cluster.Http.GetStatusAsync(new Uri(gateway, "/cluster/verify?service=sample&config_version=1"), token, Cancellation));
            foreach (var path in (string[])["/genapi/link", "/genapi/config", "/genapi/config/version"])
            {
                Assert.Equal(401, await Cluster.Http.GetStatusAsync(new Uri(node, path), token, Cancellation));
            }
        }

        Assert.Equal(200, await Cluster.Http.GetStatusAsync(new Uri(node, "/genapi/config/version"), Cluster.AppHost.ClusterToken, Cancellation));
        Assert.Equal(400, await Cluster.Http.GetStatusAsync(new Uri(node, "/genapi/link"), Cluster.AppHost.ClusterToken, Cancellation));
        await Cluster.AssertHealthyAsync(Cancellation);
    }

    [ClusterFact]
    public async Task Junk_in_the_clusters_own_requests_is_refused()
    {
        foreach (var path in (string[])["/cluster/push", "/cluster/lease", "/cluster/deregister"])
        {
            foreach (var body in (string[])["", "{", "[]", "null", "{}", """{"service":"sample","node":{"id":"","address":"nowhere"}}"""])
            {
                var status = await Cluster.Http.PostStatusAsync(new Uri(Cluster.AppHost.Gateway, path), Cluster.AppHost.ClusterToken, body, Cancellation);
                Assert.True(status is 400 or 422, $"{path} answered {status} to '{body}'.");
            }
        }

        await Cluster.AssertHealthyAsync(Cancellation);
    }

    private async Task SendGarbageAsync(string path, string? protocol, byte[] bytes, WebSocketMessageType type)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        timeout.CancelAfter(Patience);
        using var socket = new ClientWebSocket();
        socket.Options.Proxy = null;
        var server = protocol is null ? Cluster.AppHost.Gateway : new Uri(Cluster.AppHost.Nodes[0].Address);
        var token = protocol is null ? await Cluster.Http.CreateTokenAsync("alice", Cancellation) : Cluster.AppHost.ClusterToken;
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        if (protocol is not null)
        {
            socket.Options.AddSubProtocol(protocol);
        }

        await socket.ConnectAsync(new UriBuilder(new Uri(server, path)) { Scheme = Uri.UriSchemeWs }.Uri, timeout.Token);
        try
        {
            await socket.SendAsync(bytes, type, endOfMessage: true, timeout.Token);

            // What it says before it closes is of no interest; that it closes is.
            var buffer = new byte[4096];
            while ((await socket.ReceiveAsync(buffer, timeout.Token)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (WebSocketException)
        {
            // Closed without the closing handshake.
        }

        Assert.NotEqual(WebSocketState.Open, socket.State);
    }

    private async Task AssertStillAnsweredAsync(JavaScriptConnection connection)
    {
        var answer = await connection.CallAsync("echo", "afterwards", """{"message":"well"}""", Cancellation);
        Assert.Equal("well", answer.Result.GetProperty("message").GetString());

        var report = await connection.ReportAsync(Cancellation);
        Assert.Equal((report.Invocations, 0, null), (report.Answered, report.AnsweredTwice, report.Closed));
        Assert.Empty(report.Events);
        await Cluster.AssertHealthyAsync(Cancellation);
    }
}
