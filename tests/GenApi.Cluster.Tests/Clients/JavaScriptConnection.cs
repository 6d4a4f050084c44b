using System.Text.Json;
using System.Text.Json.Nodes;

namespace GenApi.Cluster.Tests.Clients;

/// <summary>What happened on a connection.</summary>
/// <param name="Invocations">Hub methods invoked.</param>
/// <param name="Answered">Invocations that were answered, at least once.</param>
/// <param name="AnsweredTwice">Invocations that were answered more than once.</param>
/// <param name="Events">Messages pushed to the client.</param>
/// <param name="Closed">Why the connection ended; null while it is open.</param>
public sealed record ConnectionReport(int Invocations, int Answered, int AnsweredTwice, IReadOnlyList<JsonElement> Events, string? Closed);

/// <summary>One call of a loop. The clock ticks at everything sent and received, so it orders them.</summary>
/// <param name="RequestId">Its id.</param>
/// <param name="Sent">When it was sent.</param>
/// <param name="Answered">When its answer came.</param>
/// <param name="Success">Whether it succeeded.</param>
/// <param name="OwnId">Whether the answer bore its id.</param>
/// <param name="Code">Why it failed.</param>
/// <param name="CanRetry">Whether it may be sent again.</param>
/// <param name="ProcessId">The node that answered.</param>
/// <param name="Fault">What the client threw instead of an answer.</param>
public sealed record LoopCall(string RequestId, long Sent, long Answered, bool Success, bool OwnId, string? Code, bool? CanRetry, int? ProcessId, string? Fault);

/// <summary>An open hub connection of the JavaScript client.</summary>
public sealed class JavaScriptConnection(JavaScriptClient client, int handle)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Default) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Calls a function of the sample service by the hub method Call.</summary>
    public Task<CallAnswer> CallAsync(string function, string requestId, string args, CancellationToken cancellationToken, string? traceparent = null) =>
        InvokeCallAsync(Request(function, requestId, args, traceparent), cancellationToken);

    /// <summary>Invokes the hub method Call with anything for a request, junk too.</summary>
    public async Task<CallAnswer> InvokeCallAsync(JsonNode? request, CancellationToken cancellationToken) =>
        CallAnswer.Read(await InvokeAsync("Call", new JsonArray(request), cancellationToken));

    /// <summary>Invokes a hub method.</summary>
    public Task<JsonElement> InvokeAsync(string method, JsonArray args, CancellationToken cancellationToken) =>
        client.CommandAsync("invoke", new JsonObject { ["connection"] = handle, ["method"] = method, ["args"] = args }, cancellationToken);

    /// <summary>Sends a call without asking for an answer.</summary>
    public Task SendCallAsync(string function, string requestId, string args, CancellationToken cancellationToken) =>
        client.CommandAsync(
            "send",
            new JsonObject { ["connection"] = handle, ["method"] = "Call", ["args"] = new JsonArray(Request(function, requestId, args, null)) },
            cancellationToken);

    /// <summary>What happened on this connection so far.</summary>
    public async Task<ConnectionReport> ReportAsync(CancellationToken cancellationToken) =>
        (await client.CommandAsync("report", new JsonObject { ["connection"] = handle }, cancellationToken)).Deserialize<ConnectionReport>(Json)!;

    /// <summary>Calls a function again and again, until <see cref="StopLoopAsync"/>.</summary>
    /// <param name="function">The function.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="prefix">The calls' ids are PREFIX-0, PREFIX-1 and so on.</param>
    /// <param name="parallel">Calls under way at any time.</param>
    /// <param name="limit">The most calls made.</param>
    /// <param name="cancellationToken">Ends the attempt to start it.</param>
    /// <returns>The loop's handle.</returns>
    public async Task<int> StartLoopAsync(string function, string args, string prefix, int parallel, int limit, CancellationToken cancellationToken)
    {
        var command = new JsonObject
        {
            ["connection"] = handle, ["request"] = Request(function, "", args, null), ["prefix"] = prefix, ["parallel"] = parallel, ["limit"] = limit,
        };
        return (await client.CommandAsync("start_loop", command, cancellationToken)).GetInt32();
    }

    /// <summary>Ends a loop.</summary>
    /// <returns>All its calls; every one has its answer.</returns>
    public async Task<IReadOnlyList<LoopCall>> StopLoopAsync(int loop, CancellationToken cancellationToken) =>
        (await client.CommandAsync("stop_loop", new JsonObject { ["loop"] = loop }, cancellationToken)).Deserialize<IReadOnlyList<LoopCall>>(Json)!;

    /// <summary>Closes the connection.</summary>
    public Task CloseAsync(CancellationToken cancellationToken) => client.CommandAsync("close", new JsonObject { ["connection"] = handle }, cancellationToken);

    private static JsonObject Request(string function, string requestId, string args, string? traceparent)
    {
        var request = new JsonObject { ["service"] = "sample", ["request_type"] = function, ["request_id"] = requestId, ["args"] = JsonNode.Parse(args) };
        if (traceparent is not null)
        {
            request["traceparent"] = traceparent;
        }

        return request;
    }
}
