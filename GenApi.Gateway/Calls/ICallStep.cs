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
}
