using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Configs;

/// <summary>One service as the store keeps it.</summary>
/// <param name="Name">The service's name.</param>
/// <param name="ConfigVersion">The version of the last push that was stored.</param>
/// <param name="Functions">Its functions.</param>
internal sealed record StoredService(string Name, string ConfigVersion, IReadOnlyList<FunConfig> Functions);
