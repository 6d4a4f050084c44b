namespace GenApi.AppHost.LocalCluster;

/// <summary>One process of the cluster: what to start, and how to tell that it is ready.</summary>
/// <param name="Name">Name in logs and in the table, for example sample-0.</param>
/// <param name="Program">Full path of the program, or its name on PATH.</param>
/// <param name="Arguments">Arguments; visible to other users of the machine, so never a secret.</param>
/// <param name="Folder">Working folder.</param>
internal sealed record ProcessPlan(string Name, string Program, IReadOnlyList<string> Arguments, string Folder)
{
    /// <summary>Variables set for this process, over those it inherits.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What the process reads from standard input, which then ends.</summary>
    public string Input { get; init; } = "";

    /// <summary>Where the process listens, as the table shows it.</summary>
    public string Address { get; init; } = "";

    /// <summary>Tells whether the process is ready; null if being started is enough.</summary>
    public IReadinessProbe? Probe { get; init; }
}
