namespace GenApi.Bench;

/// <summary>How long and how often to measure.</summary>
/// <param name="Seconds">Length of one measured window.</param>
/// <param name="Rounds">Windows for each contender and load.</param>
internal sealed record BenchOptions(double Seconds, int Rounds)
{
    /// <summary>Once for each contender and load, before the first round: time for the runtime to compile what is hot.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    /// <summary>Before each window, on its connections: time for the connections to settle.</summary>
    public static readonly TimeSpan RampUp = TimeSpan.FromSeconds(0.5);

    public TimeSpan Window => TimeSpan.FromSeconds(Seconds);
}
