using GenApi.Gateway.Storage;

namespace GenApi.Gateway.Entry;

/// <summary>Answers 503 in place of a fault while what gateways share cannot be reached.</summary>
internal static class UnavailableAnswer
{
    public static TBuilder AnswersUnavailable<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.AddEndpointFilter(async (context, next) =>
        {
            try
            {
                return await next(context);
            }
            catch (StorageUnavailableException error)
            {
                return Problem.Result(StatusCodes.Status503ServiceUnavailable, "unavailable", $"The gateway's store cannot be reached; try again in a moment. {error.Message}");
            }
        });
}
