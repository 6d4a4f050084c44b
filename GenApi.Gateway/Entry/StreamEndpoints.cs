using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Security;

namespace GenApi.Gateway.Entry;

/// <summary>A stream under way, as the admin API lists it.</summary>
/// <param name="RequestId">Its request id.</param>
/// <param name="Service">The service.</param>
/// <param name="RequestType">The function.</param>
/// <param name="UserId">The user; null: not verified.</param>
/// <param name="Node">The node that produces it; null: none yet.</param>
public sealed record StreamInfo(string RequestId, string Service, string RequestType, string? UserId, string? Node);

/// <summary>The admin API's streams: list, and stop by request id (the seed's <c>stop_stream</c>).</summary>
internal static class StreamEndpoints
{
    public static void MapStreams(this RouteGroupBuilder admin)
    {
        admin.MapGet("/streams", (StreamRegistry streams) => Results.Json(List(streams), EntryJson.Default.IReadOnlyListStreamInfo)).RequireAdmin();
        admin.MapPost("/streams/{request_id}/stop", (HttpContext http, StreamRegistry streams) =>
        {
            var requestId = (string)http.Request.RouteValues["request_id"]!;
            return streams.StopAny(requestId)
                ? Results.NoContent()
                : Problem.Result(StatusCodes.Status404NotFound, "not_found", $"No stream with the request_id '{requestId}' is under way on this gateway.");
        }).RequireAdmin(AdminAction.ManageFunctions);
    }
    /// <summary>The streams under way on this gateway.</summary>
    public static IReadOnlyList<StreamInfo> List(StreamRegistry streams) =>
    [
        .. streams.All.Select(stream => new StreamInfo(
            stream.Call.Request.RequestId,
            stream.Call.Request.Service,
            stream.Call.Request.RequestType,
            stream.Call.UserId,
            stream.Call.Target?.Address)),
    ];
}
