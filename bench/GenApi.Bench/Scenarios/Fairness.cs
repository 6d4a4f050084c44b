using GenApi.Bench.Servers;

namespace GenApi.Bench.Scenarios;

/// <summary>What would make a comparison of the gateway with the bare server unfair.</summary>
internal static class Fairness
{
    public static IReadOnlyList<string> Notes() => ServerAssemblies.DifferenceInGc(ServerAssemblies.Bare, ServerAssemblies.Gateway) is { } difference
        ? [$"the bare server and the gateway run with different garbage collector settings ({difference}); make them equal before trusting the ratios."]
        : [];
}
