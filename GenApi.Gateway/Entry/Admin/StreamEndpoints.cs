using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Security;

namespace GenApi.Gateway.Entry.Admin;

/// <summary>The admin API's streams: list, and stop by request id (the seed's <c>stop_stream</c>).</summary>
internal static class StreamEndpoints
{
    public static void MapStreams(this RouteGroupBuilder admin)
    {
        admin.MapGet("/streams", (IGatewayDiagnostics diagnostics) => Results.Json(diagnostics.Streams(), EntryJson.Default.IReadOnlyListStreamInfo)).RequireAdmin();
        admin.MapPost("/streams/{request_id}/stop", (HttpContext http, IGatewayDiagnostics diagnostics) =>
        {
            var requestId = (string)http.Request.RouteValues["request_id"]!;
            return diagnostics.StopStream(requestId)
                ? Results.NoContent()
                : Problem.Result(StatusCodes.Status404NotFound, "not_found", $"No stream with the request_id '{requestId}' is under way on this gateway.");
        }).RequireAdmin(AdminAction.ManageFunctions);
    }
}
