using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests;

/// <summary>Deadlines, clients that leave, and calls side by side.</summary>
public sealed class CallTests(SharedCluster shared) : IClassFixture<SharedCluster>
{
    private TestCluster Cluster => shared.Cluster;

    [Fact]
    public async Task A_call_that_takes_too_long_is_answered_504_and_its_handler_is_told()
    {
        await using var hub = await shared.HubAsync();
        var (key, gate) = Cluster.Gates.New();
        (await shared.CallAsync("hold_briefly", $$"""{"key":"{{key}}"}""")).AssertFailed("timeout", 504, true);
        await Wait.For(gate.Cancelled);

        (key, gate) = Cluster.Gates.New();
        (await hub.CallAsync("hold_briefly", $$"""{"key":"{{key}}"}""")).AssertFailed("timeout", 504, true);
        await Wait.For(gate.Cancelled);
        Assert.Single(gate.Visits);
    }

    [Fact]
    public async Task A_handler_is_told_when_its_http_client_leaves()
    {
        var (key, gate) = Cluster.Gates.New();
        using var leaving = new CancellationTokenSource();
        var call = Cluster.Api.CallAsync("test", "hold", $$"""{"key":"{{key}}"}""", shared.Alice, cancellation: leaving.Token);
        await Wait.For(gate.Started);
        await leaving.CancelAsync();

        await Wait.For(gate.Cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Every_handler_is_told_when_its_hub_client_leaves()
    {
        using var hub = await RawHub.ConnectAsync(Cluster, shared.Alice);
        var gates = Enumerable.Range(0, 5).Select(_ => Cluster.Gates.New()).ToList();
        foreach (var (key, _) in gates)
        {
            await hub.InvokeAsync(key, HubClient.Request("test", "hold", $$"""{"key":"{{key}}"}"""));
        }

        await Task.WhenAll(gates.Select(entry => Wait.For(entry.Gate.Started)));
        hub.Dispose();

        await Task.WhenAll(gates.Select(entry => Wait.For(entry.Gate.Cancelled)));
    }

    [Fact]
    public async Task Sixteen_calls_of_one_connection_run_at_once()
    {
        await using var hub = await shared.HubAsync();
        var (key, gate) = Cluster.Gates.New();

        // Each waits for the fifteen others inside its handler: one after another they would never end.
        var calls = Enumerable.Range(0, 16).Select(i => hub.CallAsync("meet", $$"""{"key":"{{key}}","count":16}""", requestId: $"r{i}")).ToList();
        var answers = await Task.WhenAll(calls);

        Assert.All(answers, answer => answer.AssertResult("null"));
        Assert.Equal(Enumerable.Range(0, 16).Select(i => $"r{i}"), answers.Select(answer => answer.RequestId));
        Assert.Equal(16, gate.Visits.Count);
    }

    [Fact]
    public async Task Answers_come_as_they_are_ready_and_not_in_order()
    {
        await using var hub = await shared.HubAsync();
        var (key, gate) = Cluster.Gates.New();
        var slow = hub.CallAsync("hold", $$"""{"key":"{{key}}"}""");
        await Wait.For(gate.Started);

        (await hub.CallAsync("echo", """{"message":"quick"}""")).AssertResult("\"quick\"");
        Assert.False(slow.IsCompleted);
        gate.Release();
        Assert.True((await slow).Success);
    }

    [Fact]
    public async Task Many_calls_by_many_clients_each_get_their_own_answer()
    {
        var hubs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shared.HubAsync()));
        var answers = await Task.WhenAll(
            from client in Enumerable.Range(0, hubs.Length)
            from call in Enumerable.Range(0, 50)
            select CheckAsync(client, call));
        foreach (var hub in hubs)
        {
            await hub.DisposeAsync();
        }

        Assert.All(answers, Assert.True);

        async Task<bool> CheckAsync(int client, int call)
        {
            var id = $"{client}-{call}";
            var answer = await hubs[client].CallAsync("echo", $$"""{"message":"{{id}}"}""", requestId: id);
            return answer.Success && answer.RequestId == id && answer.Result.GetString() == id;
        }
    }

    [Fact]
    public async Task Calls_reach_every_node()
    {
        var nodes = new HashSet<string?>();
        await using var hub = await shared.HubAsync();
        await Wait.UntilAsync(async () =>
        {
            nodes.Add((await hub.CallAsync("node")).Result.GetString());
            return nodes.Count == 2;
        });
    }

    [Fact]
    public async Task Text_of_every_language_arrives_as_it_was_sent()
    {
        await using var hub = await shared.HubAsync();
        const string Text = "\"é日本😀 \\u0000\\\"\\\\\\n</script>\"";
        var sent = System.Text.Json.JsonDocument.Parse(Text).RootElement.GetString();

        Assert.Equal(sent, (await shared.CallAsync("echo", $$"""{"message":{{Text}}}""")).Result.GetString());
        Assert.Equal(sent, (await hub.CallAsync("echo", $$"""{"message":{{Text}}}""")).Result.GetString());
    }

    [Fact]
    public async Task A_number_keeps_its_digits() =>
        (await shared.CallAsync("echo_any", """{"value":[1.10,12345678901234567890123,1e-7,-0]}""")).AssertResult("[1.10,12345678901234567890123,1e-7,-0]");
}
