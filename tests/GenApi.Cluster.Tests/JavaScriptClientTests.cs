using System.Text.Json;
using System.Text.Json.Nodes;
using GenApi.Cluster.Tests.Clients;
using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests;

/// <summary>The hub as the npm client sees it.</summary>
[Collection(SharedCluster.Name)]
public sealed class JavaScriptClientTests(RunningCluster cluster) : ClusterTest(cluster)
{
    public static TheoryData<string, string> WaysToConnect => new MatrixTheoryData<string, string>(["WebSockets", "ServerSentEvents", "LongPolling"], ["header", "query"]);

    [JavaScriptTheory]
    [MemberData(nameof(WaysToConnect))]
    public async Task A_user_is_known_by_the_token_over_every_transport(string transport, string tokenBy)
    {
        await using var client = JavaScriptClient.Start();
        var token = await Cluster.Http.CreateTokenAsync("bob", Cancellation, "editor", "reader");
        var connection = await client.ConnectAsync(Cluster.AppHost.Gateway, token, Cancellation, tokenBy, transport);

        var answer = await connection.CallAsync("whoami", "who", "{}", Cancellation);

        Assert.Equal("who", answer.RequestId);
        Assert.Equal("bob", answer.Result.GetProperty("user_id").GetString());
        Assert.Equal(["editor", "reader"], answer.Result.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        await connection.CloseAsync(Cancellation);
    }

    [JavaScriptFact]
    public async Task A_user_named_in_the_payload_is_ignored()
    {
        await using var client = JavaScriptClient.Start();
        var connection = await client.ConnectAsync(Cluster.AppHost.Gateway, await Cluster.Http.CreateTokenAsync("bob", Cancellation), Cancellation);
        var request = new JsonObject
        {
            ["service"] = "sample", ["request_type"] = "whoami", ["request_id"] = "r1", ["user_id"] = "root", ["user_roles"] = new JsonArray("admin"),
        };

        var answer = await connection.InvokeCallAsync(request, Cancellation);

        Assert.Equal("bob", answer.Result.GetProperty("user_id").GetString());
        Assert.Empty(answer.Result.GetProperty("roles").EnumerateArray());
    }

    [JavaScriptTheory]
    [InlineData(null)]
    [InlineData("not-a-token")]
    public async Task Without_a_token_that_is_good_a_call_is_unauthenticated(string? token)
    {
        await using var client = JavaScriptClient.Start();
        var connection = await client.ConnectAsync(Cluster.AppHost.Gateway, token, Cancellation);

        var answer = await connection.CallAsync("whoami", "r1", "{}", Cancellation);

        Assert.Equal((false, "unauthenticated", "r1", false), (answer.Success, answer.Code, answer.RequestId, answer.CanRetry));
    }

    [JavaScriptTheory]
    [InlineData("echo", """{"message":42}""", "invalid_arguments")]
    [InlineData("get_user", """{"user_id":"bob"}""", "permission_denied")]
    [InlineData("admin_stats", "{}", "permission_denied")]
    [InlineData("nowhere", "{}", "not_found")]
    [InlineData("fail", """{"kind":"error"}""", "function_error")]
    [InlineData("fail", """{"kind":"throw"}""", "function_error")]
    public async Task A_failed_call_has_one_answer_with_its_code(string function, string args, string code)
    {
        await using var client = JavaScriptClient.Start();
        var connection = await client.ConnectAsync(Cluster.AppHost.Gateway, await Cluster.Http.CreateTokenAsync("alice", Cancellation, "user"), Cancellation);

        var answer = await connection.CallAsync(function, "r1", args, Cancellation);
        var report = await connection.ReportAsync(Cancellation);

        Assert.Equal((false, code, "r1", false), (answer.Success, answer.Code, answer.RequestId, answer.CanRetry));
        Assert.Equal((1, 1, 0), (report.Invocations, report.Answered, report.AnsweredTwice));
        Assert.Empty(report.Events);
    }

    [JavaScriptFact]
    public async Task Text_of_every_script_comes_back_as_it_was_sent()
    {
        const string text = "Grüße, 世界, 👩‍🚀, \u0001 \" \\ \u2028 </script>";
        await using var client = JavaScriptClient.Start();
        var connection = await client.ConnectAsync(Cluster.AppHost.Gateway, await Cluster.Http.CreateTokenAsync("alice", Cancellation), Cancellation);

        var answer = await connection.CallAsync("echo", "ünïcödé-🆔", JsonSerializer.Serialize(new { message = text }), Cancellation);

        Assert.Equal(text, answer.Result.GetProperty("message").GetString());
        Assert.Equal("ünïcödé-🆔", answer.RequestId);
    }

    [JavaScriptFact]
    public async Task A_call_that_is_only_sent_gets_no_answer_and_does_no_harm()
    {
        await using var client = JavaScriptClient.Start();
        var connection = await client.ConnectAsync(Cluster.AppHost.Gateway, await Cluster.Http.CreateTokenAsync("alice", Cancellation), Cancellation);

        await connection.SendCallAsync("echo", "sent", """{"message":"nobody listens"}""", Cancellation);
        await connection.SendCallAsync("fail", "sent-too", """{"kind":"throw"}""", Cancellation);
        Assert.True((await connection.CallAsync("echo", "invoked", """{"message":"somebody does"}""", Cancellation)).Success);

        var report = await connection.ReportAsync(Cancellation);
        Assert.Equal((1, 1, 0, null), (report.Invocations, report.Answered, report.AnsweredTwice, report.Closed));
        Assert.Empty(report.Events);
    }
}
