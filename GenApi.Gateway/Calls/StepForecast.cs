using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Calls;

/// <summary>How a step would go for a call that is looked at rather than made.</summary>
/// <param name="Error">Why it would end the call; null: it would not, as far as can be told.</param>
/// <param name="Unknown">Why it cannot be told without making the call; null: it can.</param>
/// <param name="Note">What else is worth knowing; null: nothing.</param>
internal readonly record struct StepForecast(CallError? Error, string? Unknown = null, string? Note = null)
{
    /// <summary>Waits for a step that has no effect beyond the call itself.</summary>
    public static async ValueTask<StepForecast> OfAsync(ValueTask<CallError?> running) => new(await running.ConfigureAwait(false));
}
