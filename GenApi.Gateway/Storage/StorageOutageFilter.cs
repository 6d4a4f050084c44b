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
        catch (StorageUnavailableException error)
        {
            return Problem.Result(StatusCodes.Status503ServiceUnavailable, "unavailable", $"What the gateways share cannot be reached now; try again in a moment. {error.Message}");
        }
    }
}
