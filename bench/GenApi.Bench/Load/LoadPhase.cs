namespace GenApi.Bench.Load;

internal enum Phase
{
    /// <summary>Calls are made and checked, and not counted.</summary>
    Warming,

    /// <summary>Calls are made, checked and counted.</summary>
    Measuring,

    /// <summary>No new calls; those in flight are waited for.</summary>
    Draining,
}

/// <summary>The one switch that all connections of a run look at.</summary>
internal sealed class LoadPhase
{
    private volatile Phase _current = Phase.Warming;

    public Phase Current
    {
        get => _current;
        set => _current = value;
    }
}
