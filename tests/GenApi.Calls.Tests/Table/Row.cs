using System.Text.Json;
using GenApi.Protocol.Configs;

namespace GenApi.Calls.Tests.Table;

/// <summary>One row of the table: a function config, and what calls of it must come to.</summary>
/// <param name="Name">What the row shows.</param>
/// <param name="Config">The members of the config in JSON; <c>$a</c> and <c>$b</c> stand for the addresses of the two nodes.</param>
/// <param name="Check">The calls.</param>
internal sealed record Row(string Name, string Config, Func<RowRun, Task> Check)
{
    /// <summary>The request type under which the row is pushed.</summary>
    public string Function { get; init; } = "";

    public ResponseType Mode { get; } = JsonElement.Parse($"{{{Config}}}").TryGetProperty("response_type", out var type) && type.ValueKind == JsonValueKind.String
        ? Enum.Parse<ResponseType>(type.GetString()!, ignoreCase: true)
        : ResponseType.Sync;
}

/// <summary>Calls a row's function by one door, and says what must come of it.</summary>
internal sealed class RowRun(TableCluster table, Row row, Door door) : IAsyncDisposable
{
    private const string Alice = "alice";

    private readonly Dictionary<string, Caller> _callers = [];

    public Door Door => door;

    public Gates Gates => table.Gates;

    /// <summary>Calls and takes every answer.</summary>
    public async Task<Exchange> CallAsync(string args = "{}", string? user = Alice, string? version = null, string? requestId = null, string? deviceId = null)
    {
        if (!_callers.TryGetValue(user ?? "", out var caller))
        {
            _callers[user ?? ""] = caller = await Caller.ConnectAsync(table.Cluster, door, table.TokenOf(user));
        }

        return await caller.CallAsync(TableCluster.Service, row.Function, args, row.Mode, version, requestId, deviceId);
    }

    /// <summary>The final answer, with its acknowledgement first where the mode has one, must be this result.</summary>
    public async Task Returns(string args, string result, string? user = Alice, string? version = null)
    {
        var exchange = await CallAsync(args, user, version);
        Assert.Equal(row.Mode == ResponseType.Async, exchange.Acknowledgement is not null);
        Assert.Equal(row.Mode == ResponseType.Async, exchange.Final.IsAsync);
        Assert.Single(exchange.Parts).AssertResult(result);
    }

    /// <summary>The final answer must be this failure.</summary>
    public async Task Fails(string args, string code, string words = "", string? user = Alice, string? version = null)
    {
        var exchange = await CallAsync(args, user, version);
        var final = Assert.Single(exchange.Parts);
        final.AssertFailed(code, words);
        Assert.DoesNotContain("secret", final.Body.GetRawText(), StringComparison.Ordinal);
        if (door == Door.Http && exchange.Acknowledgement is null)
        {
            // Refused before anything was acknowledged: the status says so too.
            Assert.NotEqual(200, final.Status);
        }
    }

    /// <summary>Exactly these arguments must be found wrong.</summary>
    public async Task Invalid(string args, params IReadOnlyList<string> details)
    {
        var answer = Assert.Single((await CallAsync(args)).Parts);
        answer.AssertFailed("invalid_arguments");
        Assert.Equal(details, answer.Details);
    }

    /// <summary>These must be the results of all parts, the final one included.</summary>
    public async Task Streams(string args, params IReadOnlyList<string> results)
    {
        var exchange = await CallAsync(args);
        Assert.All(exchange.Parts, part => Assert.True(part.Success, part.Body.GetRawText()));
        Assert.Equal(results, exchange.Parts.Select(part => part.Result.GetRawText()));
    }

    /// <summary>So many chunks must come, and then a failure.</summary>
    public async Task StreamFails(string args, int chunks, string code)
    {
        var exchange = await CallAsync(args);
        Assert.Equal(chunks, exchange.Parts.Count - 1);
        Assert.All(exchange.Parts.SkipLast(1), part => Assert.True(part.Success));
        exchange.Final.AssertFailed(code);
        Assert.DoesNotContain("secret", exchange.Final.Body.GetRawText(), StringComparison.Ordinal);
    }

    /// <summary>The function runs on a gate of its own, and every answer is taken.</summary>
    public async Task<(Exchange Exchange, IReadOnlyList<string> Visits)> VisitAsync(string more = "")
    {
        var (key, gate) = Gates.New();
        var exchange = await CallAsync($$"""{"key":"{{key}}"{{more}}}""");
        return (exchange, gate.Visits);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var caller in _callers.Values)
        {
            await caller.DisposeAsync();
        }
    }

    public async Task AssertNoSecondAnswersAsync()
    {
        foreach (var caller in _callers.Values)
        {
            await caller.AssertNoSecondAnswersAsync();
        }
    }
}
