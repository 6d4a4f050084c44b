using System.Text.Json;
using GenApi.Gateway.Diagnostics.Live;
using GenApi.Gateway.Entry;
using GenApi.Gateway.Security;

namespace GenApi.Gateway.Diagnostics.Tracing;

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
        trace.MapGet("/", (CallTracing tracing) => Results.Json(tracing.Status(), TraceJson.Default.TraceStatus)).RequireAdmin();
        trace.MapDelete("/{id}", (string id, CallTracing tracing) => Stop(id, tracing)).RequireAdmin(AdminAction.DisableTracing);
        trace.MapGet("/{id}/events", (string id, CallTracing tracing) => Follow(id, tracing)).RequireAdmin();
    }

    private static async Task<IResult> StartAsync(HttpContext http, CallTracing tracing)
    {
        var (request, unreadable) = await JsonBody.ReadAsync(http, TraceJson.Default.TraceRequest, MaxBodyBytes).ConfigureAwait(false);
        if (request is null)
        {
            return unreadable!;
        }

        var started = tracing.TryStart(request, out var fault, out var refusal);
        return started is not null ? Results.Json(started, TraceJson.Default.TraceInfo, statusCode: StatusCodes.Status201Created)
            : fault is not null ? Problem.Invalid(fault)
            : Problem.Result(StatusCodes.Status409Conflict, "unavailable", refusal!);
    }

    private static IResult Stop(string id, CallTracing tracing) => id == All
        ? Results.Json(tracing.StopAll(), TraceJson.Default.IReadOnlyListTraceInfo)
        : tracing.Stop(id) is { } stopped ? Results.Json(stopped, TraceJson.Default.TraceInfo)
        : NotFound(id);

    private static IResult Follow(string id, CallTracing tracing) => tracing.Find(id) is not { } session
        ? NotFound(id)
        : session.TryFollow()
            ? new Lines(tracing, session)
            : Problem.Result(StatusCodes.Status409Conflict, "unavailable", $"Somebody reads the trace '{id}' already; each has one reader at a time.");

    private static IResult NotFound(string id) => Problem.Result(
        StatusCodes.Status404NotFound,
        "not_found",
        $"This gateway has no trace '{id}'; traces that have ended are forgotten after a minute, or once they have been read.");

    private sealed class Lines(CallTracing tracing, TraceSession session) : LiveLines<TraceEvent>(session.Buffer)
    {
        protected override void Write(Utf8JsonWriter writer, TraceEvent item) => JsonSerializer.Serialize(writer, item, TraceJson.Default.TraceEvent);

        protected override void WriteDropped(Utf8JsonWriter writer, long dropped, long total)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "dropped");
            writer.WriteString("trace_id", session.Id);
            writer.WriteNumber("count", dropped);
            writer.WriteNumber("total", total);
            writer.WriteEndObject();
        }

        protected override void WriteEnd(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "end");
            writer.WriteString("trace_id", session.Id);
            writer.WriteString("reason", session.Ended);
            writer.WritePropertyName("counts");
            JsonSerializer.Serialize(writer, session.Counts(), TraceJson.Default.IReadOnlyDictionaryStringInt64);
            writer.WriteNumber("dropped", session.Buffer.Dropped);
            writer.WriteEndObject();
        }

        protected override void Left() => tracing.Unfollow(session);
    }
}
