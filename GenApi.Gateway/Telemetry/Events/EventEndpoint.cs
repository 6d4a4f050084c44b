using GenApi.Gateway.Entry;
using GenApi.Gateway.Security;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Telemetry.Events;

/// <summary><c>GET /admin/events[?filter=]</c>: the events as they happen, one JSON object per line, until the client leaves.</summary>
internal static class EventEndpoint
{
    private const int MaxPatterns = 64;

    public static void MapEvents(this RouteGroupBuilder admin) => admin.MapGet("/events", Listen).RequireAdmin();

    private static IResult Listen(HttpContext http, EventFeeds feeds, IOptions<GenApiGatewayOptions> options)
    {
        string[] patterns =
        [
            .. http.Request.Query["filter"].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
        ];
        if (patterns.Length > MaxPatterns)
        {
            return Problem.Invalid($"filter has {patterns.Length} patterns; {MaxPatterns} is the most.");
        }

        return EventFilter.Read(patterns, out var fault) is { } filter
            ? feeds.TryOpen(filter) ?? Problem.Result(
                StatusCodes.Status503ServiceUnavailable,
                "unavailable",
                $"{options.Value.Telemetry.MaxEventListeners} clients listen to events already, the most that GenApi:Telemetry:MaxEventListeners allows.")
            : Problem.Invalid($"filter: {fault}");
    }
}
