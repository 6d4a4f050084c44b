namespace GenApi.Bench.Servers;

/// <summary>A process whose CPU time counts as a contender's.</summary>
internal interface IMeasuredProcess
{
    /// <summary>What it is in the comparison: server, gateway, node or redis.</summary>
    string Role { get; }

    /// <summary>CPU time, user and system, since the process started. The system counts it in steps of 10 ms or finer.</summary>
    /// <exception cref="InvalidOperationException">The process has ended.</exception>
    TimeSpan CpuTime { get; }
}
