using GenApi.Gateway.Configs;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Calls;

/// <summary>One station on a call's way.</summary>
internal interface ICallStep
{
    /// <summary>The step's name in diagnostics.</summary>
    string Phase { get; }

    /// <summary>Does its part of the call.</summary>
    /// <returns>Null to let the call go on; an error to end it.</returns>
    ValueTask<CallError?> RunAsync(Call call);

    /// <summary>What the step does with the calls of a function, in one sentence.</summary>
    string Describe(FunctionEntry function);

    /// <summary>
    /// Finds out how the step would go. Runs nothing on a node and no hook, and counts nothing; the call itself learns what the
    /// step finds out, as the steps after it need it.
    /// </summary>
    ValueTask<StepForecast> ForecastAsync(Call call);
}
