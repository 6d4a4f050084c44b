using GenApi.Gateway.Security;
using GenApi.Gateway.Storage;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Entry;

/// <summary><c>GET /api/results/{request_id}</c>: the answer of an async call, once, for the user who called.</summary>
internal static class ResultEndpoint
{
    public const string Route = "/api/results/{request_id}";

    public static async Task HandleAsync(HttpContext http)
    {
        var requestId = (string)http.Request.RouteValues["request_id"]!;
        var owner = Caller.Of(http.User, null).UserId ?? "";
        ResultState state;
        CallResponse? response;
        try
        {
            (state, response) = await http.RequestServices.GetRequiredService<IResultStore>().TakeAsync(owner, requestId, http.RequestAborted).ConfigureAwait(false);
        }
        catch (StorageUnavailableException)
        {
            var later = new CallError(ErrorCode.Unavailable, "The answers cannot be reached now; try again in a moment.");
            await HttpAnswer.WriteAsync(http, CallResponse.Failed(requestId, later)).ConfigureAwait(false);
            return;
        }

        switch (state)
        {
            case ResultState.Ready:
                await HttpAnswer.WriteAsync(http, response!, StatusCodes.Status200OK).ConfigureAwait(false);
                break;
            case ResultState.Pending:
                var pending = new CallResponse { RequestId = requestId, Success = true, Async = true, HasMore = true };
                await HttpAnswer.WriteAsync(http, pending, StatusCodes.Status202Accepted).ConfigureAwait(false);
                break;
            case ResultState.Gone:
                await HttpAnswer.WriteAsync(http, Failed("The answer was fetched already, or its time is over."), StatusCodes.Status410Gone).ConfigureAwait(false);
                break;
            default:
                await HttpAnswer.WriteAsync(http, Failed("No call with this request_id was made by this user.")).ConfigureAwait(false);
                break;
        }

        CallResponse Failed(string message) => CallResponse.Failed(requestId, new CallError(ErrorCode.NotFound, message));
    }
}
