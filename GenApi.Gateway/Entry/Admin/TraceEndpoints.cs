using System.Text.Json;
using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Diagnostics.Tracing;
using GenApi.Gateway.Security;

namespace GenApi.Gateway.Entry.Admin;

/// <summary>The admin API's tracing: start, stop, status, and what a trace sees as it happens.</summary>
internal static class TraceEndpoints
{
    /// <summary>Stands for every trace when one is stopped.</summary>
    private const string All = "all";

    private const int MaxBodyBytes = 16 * 1024;

    public static void MapTracing(this RouteGroupBuilder admin)
    {
        var trace = admin.MapGroup("/trace");
        trace.MapPost("/", StartAsync).RequireAdmin(AdminAction.EnableTracing);
        trace.MapGet("/", (IGatewayDiagnostics diagnostics) => Results.Json(diagnostics.TraceStatus(), TraceJson.Default.TraceStatus)).RequireAdmin();
        trace.MapDelete("/{id}", Stop).RequireAdmin(AdminAction.DisableTracing);
        trace.MapGet("/{id}/events", Follow).RequireAdmin();
    }

    private static async Task<IResult> StartAsync(HttpContext http, IGatewayDiagnostics diagnostics)
    {
        var (request, unreadable) = await JsonBody.ReadAsync(http, TraceJson.Default.TraceRequest, MaxBodyBytes).ConfigureAwait(false);
        if (request is null)
        {
            return unreadable!;
        }

        try
        {
            return Results.Json(diagnostics.StartTrace(request), TraceJson.Default.TraceInfo, statusCode: StatusCodes.Status201Created);
        }
        catch (ArgumentException error)
        {
            return Problem.Invalid(error.Message);
        }
        catch (InvalidOperationException error)
        {
            return Problem.Result(StatusCodes.Status409Conflict, "unavailable", error.Message);
        }
    }

    private static IResult Stop(string id, IGatewayDiagnostics diagnostics) => id == All
        ? Results.Json(diagnostics.StopAllTraces(), TraceJson.Default.IReadOnlyListTraceInfo)
        : diagnostics.StopTrace(id) is { } stopped ? Results.Json(stopped, TraceJson.Default.TraceInfo)
        : NotFound(id);

    private static IResult Follow(string id, IGatewayDiagnostics diagnostics)
    {
        try
        {
            return new LiveLines<TraceEvent>(
                diagnostics.ReadTraceAsync(id),
                (writer, seen) => JsonSerializer.Serialize(writer, seen, TraceJson.Default.TraceEvent),
                StatusCodes.Status409Conflict);
        }
        catch (KeyNotFoundException)
        {
            return NotFound(id);
        }
    }

    private static IResult NotFound(string id) => Problem.Result(
        StatusCodes.Status404NotFound,
        "not_found",
        $"This gateway has no trace '{id}'; traces that have ended are forgotten after a minute, or once they have been read.");
}
