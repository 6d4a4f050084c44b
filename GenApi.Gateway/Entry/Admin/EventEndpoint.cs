using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Security;
using GenApi.Gateway.Telemetry.Events;

namespace GenApi.Gateway.Entry.Admin;

/// <summary><c>GET /admin/events[?filter=]</c>: the events as they happen, one JSON object per line, until the client leaves.</summary>
internal static class EventEndpoint
{
    private const int MaxPatterns = 64;

    public static void MapEvents(this RouteGroupBuilder admin) => admin.MapGet("/events", Listen).RequireAdmin();

    private static IResult Listen(HttpContext http, IGatewayDiagnostics diagnostics)
    {
        string[] patterns =
        [
            .. http.Request.Query["filter"].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
        ];
        if (patterns.Length > MaxPatterns)
        {
            return Problem.Invalid($"filter has {patterns.Length} patterns; {MaxPatterns} is the most.");
        }

        try
        {
            return new LiveLines<GatewayEvent>(diagnostics.ReadEventsAsync(patterns), EventJson.Write, StatusCodes.Status503ServiceUnavailable);
        }
        catch (ArgumentException error)
        {
            return Problem.Invalid($"filter: {error.Message}");
        }
    }
}
