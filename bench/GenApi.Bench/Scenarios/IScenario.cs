using GenApi.Bench.Report;

namespace GenApi.Bench.Scenarios;

/// <summary>One thing the benchmark can measure. It starts the servers it needs and stops them.</summary>
internal interface IScenario
{
    /// <summary>What <c>--scenario</c> calls it.</summary>
    string Name { get; }

    /// <summary>What it compares, in a line.</summary>
    string Title { get; }

    /// <summary>Whether it runs when no scenario is asked for.</summary>
    bool RunsByDefault { get; }

    /// <summary>
    /// Whether sockets may call back on the thread that polls them, which spares the load generator a hand-over for each answer. Servers
    /// do not work that way, so that a scenario that has both ends in this process does not want it.
    /// </summary>
    bool WantsInlineSockets => true;

    /// <exception cref="InvalidOperationException">A server did not come up, or refused a connection.</exception>
    Task<ScenarioReport> RunAsync(BenchOptions options, IProgress<string> progress, CancellationToken cancellationToken);
}
