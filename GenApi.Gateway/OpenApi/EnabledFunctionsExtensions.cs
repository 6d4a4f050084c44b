using GenApi.Gateway.Configs;

namespace GenApi.Gateway.OpenApi;

/// <summary>What of a snapshot is described.</summary>
internal static class EnabledFunctionsExtensions
{
    /// <summary>The functions that answer calls, in an order that depends on their names alone; of several versions the one that a call without a version gets comes first.</summary>
    public static IEnumerable<FunctionEntry> EnabledFunctions(this ConfigSnapshot snapshot) => snapshot.Services.Values
        .SelectMany(service => service.Functions)
        .Where(function => !function.Config.Disabled)
        .OrderBy(function => function.Config.Service, StringComparer.Ordinal)
        .ThenBy(function => function.Config.RequestType, StringComparer.Ordinal)
        .ThenByDescending(function => function.Config.Version, VersionOrder.Instance);
}
