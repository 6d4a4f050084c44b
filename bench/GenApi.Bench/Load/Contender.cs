using GenApi.Bench.Servers;

namespace GenApi.Bench.Load;

/// <summary>One of the things that are compared: how to connect to it, and the processes whose CPU it uses.</summary>
/// <param name="Name">Name in tables and ratios.</param>
/// <param name="Url">Where its connections go.</param>
/// <param name="Servers">The processes that answer, in the order a call passes them.</param>
/// <param name="Connect">Makes a connection, not yet opened.</param>
internal sealed record Contender(string Name, Uri Url, IReadOnlyList<IMeasuredProcess> Servers, Func<LoadPhase, LoadShape, LoadConnection> Connect);
