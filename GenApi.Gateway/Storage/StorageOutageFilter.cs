using GenApi.Gateway.Entry;

namespace GenApi.Gateway.Storage;

/// <summary>Tells callers of the cluster's endpoints and of the admin API that trying again later helps.</summary>
internal sealed class StorageOutageFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context).ConfigureAwait(false);
        }
        catch (Exception error) when (OutageIn(error) is not null)
        {
            return Problem.Result(StatusCodes.Status503ServiceUnavailable, "unavailable", $"What the gateways share cannot be reached now; try again in a moment. {OutageIn(error)!.Message}");
        }
    }

    /// <summary>The framework wraps what happens to it when it reads its keys.</summary>
    private static StorageUnavailableException? OutageIn(Exception? error) =>
        error as StorageUnavailableException ?? (error is null ? null : OutageIn(error.InnerException));
}
