namespace GenApi.Gateway.Telemetry;

/// <summary>Calls that have ended since the gateway started, and how long they took from entry to answer.</summary>
/// <param name="Calls">How many.</param>
/// <param name="Failures">How many of them ended with an error.</param>
/// <param name="MeanUs">Their mean time, in microseconds.</param>
/// <param name="P50Us">The time that half of them took at most, in microseconds; between half of it and twice it, for times are counted in steps of two.</param>
/// <param name="P99Us">The time that 99 of 100 took at most, in microseconds, as exactly.</param>
/// <param name="MaxUs">The longest time, in microseconds.</param>
public sealed record CallFigures(long Calls, long Failures, long MeanUs, long P50Us, long P99Us, long MaxUs)
{
    /// <summary>No calls yet.</summary>
    public static CallFigures None { get; } = new(0, 0, 0, 0, 0, 0);
}
