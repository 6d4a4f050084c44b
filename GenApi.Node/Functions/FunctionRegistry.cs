using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;

namespace GenApi.Node.Functions;

/// <summary>All functions of this process, by the name under which the link calls them. Fixed once the host is built.</summary>
internal sealed class FunctionRegistry
{
    private readonly string? _givenVersion;
    private readonly FrozenDictionary<string, FunctionDefinition> _byName;

    public FunctionRegistry(string service, string? configVersion, IReadOnlyList<FunctionDefinition> functions)
    {
        Service = service;
        _byName = functions.ToFrozenDictionary(function => function.Name);
        Configs = [.. functions.Select(function => function.Config).OfType<FunConfig>()];
        _givenVersion = configVersion;
        ConfigVersion = configVersion ?? HashOf(Configs, []);
    }

    /// <summary>The service these functions belong to.</summary>
    public string Service { get; }

    /// <summary>The configs that are pushed.</summary>
    public IReadOnlyList<FunConfig> Configs { get; }

    /// <summary>What tells this set of configs from another.</summary>
    public string ConfigVersion { get; }

    /// <summary>What tells this set of configs, together with plain HTTP routes, from another.</summary>
    public string ConfigVersionWith(IReadOnlyList<HttpRoute> routes) => routes.Count == 0 ? ConfigVersion : _givenVersion ?? HashOf(Configs, routes);

    /// <summary>The function of that name, or null.</summary>
    public FunctionDefinition? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Nobody has to think of a new version when a config changes: its content is its version.</summary>
    private static string HashOf(IReadOnlyList<FunConfig> configs, IReadOnlyList<HttpRoute> routes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var config in configs)
        {
            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(config, ProtocolJson.Default.FunConfig));
        }

        foreach (var route in routes)
        {
            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(route, ProtocolJson.Default.HttpRoute));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
