using System.Globalization;
using System.Text.Json;
using GenApi.Cluster.Tests.Clients;
using GenApi.Cluster.Tests.Running;
using GenApi.Testing.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace GenApi.Cluster.Tests;

/// <summary>The hub as the .NET SignalR client sees it.</summary>
[Collection(SharedCluster.Name)]
public sealed class DotnetClientTests(RunningCluster cluster) : ClusterTest(cluster)
{
    [ClusterTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_user_is_known_by_the_token(bool tokenInQuery)
    {
        var token = await Cluster.Http.CreateTokenAsync("carol", Cancellation, "reader");
        await using var connection = await HubClients.ConnectAsync(Cluster.AppHost.Gateway, token, tokenInQuery);

        var answer = await CallAsync(connection, "whoami", "who", new { });

        Assert.Equal("who", answer.RequestId);
        Assert.Equal("carol", answer.Result.GetProperty("user_id").GetString());
        Assert.Equal(["reader"], answer.Result.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
    }

    [ClusterFact]
    public async Task Many_calls_at_once_each_get_their_own_answer_from_both_nodes()
    {
        const int calls = 300;
        var token = await Cluster.Http.CreateTokenAsync("carol", Cancellation);
        await using var connection = await HubClients.ConnectAsync(Cluster.AppHost.Gateway, token);
        await Cluster.WaitUntilNodesAnswerAsync(2, Cancellation);

        var echoes = await Task.WhenAll(Enumerable.Range(0, calls).Select(i => CallAsync(connection, "echo", Id(i), new { message = Id(i) })));
        var answerers = await Task.WhenAll(Enumerable.Range(0, calls).Select(i => CallAsync(connection, "whoami", Id(i), new { })));

        for (var i = 0; i < calls; i++)
        {
            Assert.Equal((Id(i), Id(i)), (echoes[i].RequestId, echoes[i].Result.GetProperty("message").GetString()));
        }

        Assert.Equal(Cluster.AppHost.Nodes.Select(node => node.Pid).Order(), answerers.Select(answer => answer.ProcessId).Distinct().Order());
    }

    [ClusterFact]
    public async Task A_failed_call_is_an_answer_and_not_an_exception()
    {
        var token = await Cluster.Http.CreateTokenAsync("carol", Cancellation);
        await using var connection = await HubClients.ConnectAsync(Cluster.AppHost.Gateway, token);

        var answer = await CallAsync(connection, "echo", "r1", new { message = 42, more = true });

        Assert.Equal((false, "invalid_arguments", "r1"), (answer.Success, answer.Code, answer.RequestId));
        Assert.Equal(["message", "more"], answer.Json.GetProperty("details").EnumerateArray().Select(detail => detail.GetProperty("argument").GetString()).Order());
    }

    private static string Id(int i) => string.Create(CultureInfo.InvariantCulture, $"call-{i}");

    private static async Task<CallAnswer> CallAsync(HubConnection connection, string function, string requestId, object args) =>
        CallAnswer.Read(await connection.InvokeAsync<JsonElement>(
            "Call", new { service = "sample", request_type = function, request_id = requestId, args }, Cancellation));
}
