using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace GenApi.Gateway.Tests.Routes;

/// <summary>Plain HTTP through the gateway: what passes, who may, what the node learns, and what never gets through.</summary>
public sealed class RouteTests(RouteCluster shared) : IClassFixture<RouteCluster>
{
    private RouteClient Alice => shared.Alice;

    [Fact]
    public async Task The_nodes_of_the_service_share_the_requests()
    {
        var seen = new HashSet<string>();
        await Wait.UntilAsync(async () => seen.Add(await Alice.GetAsync("/node")) && seen.Count == 2);
        Assert.Equal(["a", "b"], seen.Order());
    }

    [Theory]
    [InlineData("/files/readme.txt", "readme.txt")]
    [InlineData("/files/readme.txt?a=1&b=%2F&c=x+y", "readme.txt?a=1&b=%2F&c=x+y")]
    [InlineData("/files/two%20words%3F%23%25.txt", "two words?#%.txt")]
    [InlineData("/files/%252e%252e", "%2e%2e")]
    [InlineData("/files/gr%C3%BC%C3%9Fe", "grüße")]
    [InlineData("/tree/a/b/c", "a/b/c")]
    [InlineData("/tree/%252e%252e/genapi/config", "%2e%2e/genapi/config")]
    [InlineData("/tree/a%252f..%252f..%252fgenapi", "a%2f..%2f..%2fgenapi")]
    [InlineData("/numbers/12", "144")]
    public async Task Path_and_query_arrive_as_they_were_sent(string path, string answer) => Assert.Equal(answer, await Alice.GetAsync(path));

    [Fact]
    public async Task Method_body_and_headers_pass_in_both_directions()
    {
        using var response = await Alice.SendAsync(HttpMethod.Put, "/items", new StringContent("a body", Encoding.UTF8, "text/x-mine"));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Contains(response.Headers.GetValues("X-Node").Single(), (string[])["a", "b"]);
        Assert.Equal("PUT text/x-mine; charset=utf-8 a body", await response.Content.ReadAsStringAsync(Wait.Ended));
    }

    [Fact]
    public async Task A_failure_of_the_service_is_passed_on_as_it_is()
    {
        using var response = await Alice.SendAsync(HttpMethod.Get, "/failing");

        Assert.Equal((418, "the node's own words"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Wait.Ended)));
    }

    [Fact]
    public async Task Server_sent_events_begin_before_there_is_an_event()
    {
        var (key, gate) = shared.Cluster.Gates.New();
        using var response = await Alice.SendAsync(HttpMethod.Get, $"/events/{key}");

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        gate.Release();
        Assert.Equal("data: now\n\n", await response.Content.ReadAsStringAsync(Wait.Ended));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task A_response_that_breaks_off_is_never_taken_for_a_whole_one(int bytes)
    {
        using var response = await Alice.SendAsync(HttpMethod.Get, $"/broken/{bytes}");

        if (response.IsSuccessStatusCode)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync(Wait.Ended));
        }
        else
        {
            (await RouteClient.AnswerOfAsync(response)).AssertFailed("unavailable", 503, canRetry: true);
        }
    }

    [Theory]
    [InlineData("GET", "/secret")]
    [InlineData("GET", "/")]
    [InlineData("GET", "")]
    [InlineData("DELETE", "/items")]
    [InlineData("POST", "/node")]
    [InlineData("GET", "/numbers/twelve")]
    [InlineData("GET", "/files")]
    [InlineData("GET", "/files/a/b")]
    [InlineData("GET", "/genapi/config")]
    [InlineData("GET", "/genapi/link")]
    [InlineData("GET", "/health")]
    public async Task What_is_not_declared_is_not_there(string method, string path)
    {
        var answer = await Alice.RefusedAsync(new HttpMethod(method), path);

        answer.AssertFailed("not_found", 404, canRetry: false);
    }

    [Fact]
    public async Task A_service_that_nobody_knows_is_not_there()
    {
        Assert.Contains("\"code\":\"not_found\"", await Alice.SendRawAsync("/svc/nobody/files/x"), StringComparison.Ordinal);
        Assert.Contains("\"code\":\"not_found\"", await Alice.SendRawAsync("/svc/TEST/node"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/svc/test/files/../genapi/config", 404)]
    [InlineData("/svc/test/files/%2e%2e/genapi/config", 404)]
    [InlineData("/svc/test/tree/../genapi/config", 404)]
    [InlineData("/svc/test/tree/../../test/genapi/config", 404)]
    [InlineData("/svc/test/tree/../../../admin/functions", 403)]
    [InlineData("/svc/test//genapi/config", 404)]
    [InlineData("/svc//test/genapi/config", 404)]
    [InlineData("/svc/test/tree//genapi/config", 400)]
    [InlineData("/svc/test/tree/x%2f..%2f..%2fgenapi%2fconfig", 400)]
    [InlineData("/svc/test/tree/x%5C..%5Cgenapi", 400)]
    [InlineData("/svc/test/tree/x\\..\\genapi", 400)]
    [InlineData("/svc/test/files/%2Fgenapi%2Fconfig", 400)]
    [InlineData("http://localhost/svc/test/genapi/config", 404)]
    [InlineData("http://localhost/svc/test/tree//x", 400)]
    [InlineData("/svc/test/GENAPI/config", 404)]
    [InlineData("/svc/test/Health", 404)]
    public async Task No_way_of_writing_a_path_leads_past_the_declared_routes(string target, int status)
    {
        var response = await Alice.SendRawAsync(target);

        Assert.StartsWith($"HTTP/1.1 {status} ", response, StringComparison.Ordinal);
        Assert.DoesNotContain("fun_configs", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_url_as_the_target_is_the_same_request() =>
        Assert.Contains("readme", await Alice.SendRawAsync("http://localhost/svc/test/files/readme"), StringComparison.Ordinal);

    [Theory]
    [InlineData("/authenticated", "alice", "", true)]
    [InlineData("/users/alice/photo", "alice", "", true)]
    [InlineData("/users/%61lice/photo", "alice", "", true)]
    [InlineData("/users/bob/photo", "alice", "", false)]
    [InlineData("/users/Alice/photo", "alice", "", false)]
    [InlineData("/users/alice/photo?user_id=bob", "bob", "", false)]
    [InlineData("/admin", "alice", "boss", true)]
    [InlineData("/admin", "alice", "Admin", false)]
    [InlineData("/admin", "alice", "", false)]
    [InlineData("/adults", "alice", "adult", true)]
    [InlineData("/adults", "alice", "child", false)]
    [InlineData("/by_policy", "alice", "admin", false)]
    public async Task Permissions_hold_as_for_functions(string path, string user, string role, bool admitted)
    {
        using var client = await RouteClient.AsAsync(shared.Cluster, user, role.Length == 0 ? [] : [role]);
        using var response = await client.SendAsync(HttpMethod.Get, path);

        Assert.Equal(admitted ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
        if (!admitted)
        {
            (await RouteClient.AnswerOfAsync(response)).AssertFailed("permission_denied", 403, canRetry: false);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not-a-token")]
    public async Task Without_a_good_token_nobody_gets_in(string? token)
    {
        using var nobody = new RouteClient(shared.Cluster.Gateway.Address, token);
        var answer = await nobody.RefusedAsync(HttpMethod.Get, "/node");

        answer.AssertFailed("unauthenticated", 401, canRetry: false);
        Assert.Equal("Bearer", answer.Http!.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Fact]
    public async Task The_answer_to_a_refused_request_carries_its_id()
    {
        using var response = await Alice.SendAsync(HttpMethod.Get, "/secret", change: request => request.Headers.Add("X-Request-Id", "mine"));

        Assert.Equal("mine", (await RouteClient.AnswerOfAsync(response)).RequestId);
    }

    [Fact]
    public async Task The_node_learns_who_calls_from_the_gateway_alone()
    {
        var headers = await Alice.GetAsync("/headers?access_token=kept", request =>
        {
            foreach (var name in (string[])["X-GenApi-User-Id", "x-genapi-roles", "X_GenApi_User_Id", "X-GenApi-Anything", "X-Forwarded-For", "X-Forwarded-Prefix", "Forwarded"])
            {
                request.Headers.TryAddWithoutValidation(name, "forged");
            }

            request.Headers.Add("X-Mine", "kept");
        });

        Assert.DoesNotContain("forged", headers, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", headers, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("X-GenApi-Roles", headers, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("query: ?access_token=kept\n", headers, StringComparison.Ordinal);
        foreach (var line in (string[])["X-GenApi-User-Id: alice", "X-Mine: kept", "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: http", $"X-Forwarded-Host: {shared.Cluster.Gateway.Address.Authority}", "X-Forwarded-Prefix: /svc/test"])
        {
            Assert.Contains(line, headers.Split('\n'));
        }

        Assert.Contains(shared.Cluster.Nodes.Values, node => headers.Contains($"Host: {node.Address.Authority}\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Authorization_is_passed_on_where_the_route_says_so() =>
        Assert.Contains("Authorization: Bearer ", await Alice.GetAsync("/headers/own"), StringComparison.Ordinal);

    [Fact]
    public async Task Names_of_every_script_reach_the_node()
    {
        using var client = await RouteClient.AsAsync(shared.Cluster, "Ünal, 100% 世界", "a,b", "c d");

        Assert.Equal("Ünal, 100% 世界||a,b|c d", await client.GetAsync("/caller"));
    }

    [Theory]
    [InlineData(false, "?a=1")]
    [InlineData(true, "?a=1")]
    public async Task A_web_socket_passes_through(bool tokenInQuery, string query)
    {
        using var socket = await Alice.OpenSocketAsync($"/socket{query}", tokenInQuery);
        Assert.Equal((WebSocketMessageType.Text, "?a=1 alice"), await ReceiveAsync(socket));

        await socket.SendAsync(Encoding.UTF8.GetBytes("hello"), WebSocketMessageType.Text, true, Wait.Ended);
        Assert.Equal((WebSocketMessageType.Text, "hello"), await ReceiveAsync(socket));
        var long64 = new string('x', 300_000);
        await socket.SendAsync(Encoding.UTF8.GetBytes(long64), WebSocketMessageType.Binary, true, Wait.Ended);
        Assert.Equal((WebSocketMessageType.Binary, long64), await ReceiveAsync(socket));

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", Wait.Ended);
        Assert.Equal("bye", socket.CloseStatusDescription);
    }

    [Fact]
    public async Task A_web_socket_without_a_token_is_refused()
    {
        using var nobody = new RouteClient(shared.Cluster.Gateway.Address, null);
        var error = await Assert.ThrowsAsync<WebSocketException>(() => nobody.OpenSocketAsync("/socket"));
        Assert.Contains("401", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_request_on_the_node()
    {
        var (key, gate) = shared.Cluster.Gates.New();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Wait.Ended);
        var request = Alice.SendAsync(HttpMethod.Get, $"/hold/{key}", cancellation: leaving.Token);
        await Wait.For(gate.Started);

        await leaving.CancelAsync();

        await Wait.For(gate.Cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
    }

    private static async Task<(WebSocketMessageType Type, string Text)> ReceiveAsync(ClientWebSocket socket)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var received = await Wait.For(socket.ReceiveAsync(buffer, Wait.Ended));
            whole.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
            {
                return (received.MessageType, Encoding.UTF8.GetString(whole.ToArray()));
            }
        }
    }
}
