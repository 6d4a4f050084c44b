using System.Text.Json.Serialization;
using GenApi.Gateway.Configs.Pull;
using GenApi.Gateway.Nodes;

namespace GenApi.Gateway.Configs;

/// <summary>A service that the gateway knows, or that it is to pull.</summary>
/// <param name="Service">The service.</param>
/// <param name="ConfigVersion">The version of its stored configs; null: there are none yet.</param>
/// <param name="StoredAtMs">When these were stored, in Unix milliseconds; null: there are none yet.</param>
/// <param name="Functions">How many functions it has.</param>
/// <param name="DisabledFunctions">How many of them are switched off.</param>
/// <param name="Nodes">The addresses of its nodes that have a lease.</param>
/// <param name="AutoPull">Whether it is pulled.</param>
/// <param name="Pull">How its pulls go; null: it is not pulled.</param>
public sealed record PushedService(
    string Service,
    string? ConfigVersion,
    long? StoredAtMs,
    int Functions,
    int DisabledFunctions,
    IReadOnlyList<string> Nodes,
    bool AutoPull,
    PullStatus? Pull);

/// <summary>What has been pushed and what is pulled (the seed's <c>pushed_services_status</c>).</summary>
internal sealed class PushedServices(ConfigCatalog catalog, NodeDirectory directory, ConfigPuller puller)
{
    /// <summary>All services, in the order of their names.</summary>
    public async Task<IReadOnlyList<PushedService>> StatusAsync(CancellationToken cancellationToken)
    {
        var pulls = (await puller.StatusAsync(cancellationToken).ConfigureAwait(false)).ToDictionary(pull => pull.Service);
        var known = catalog.Current.Services;
        var live = directory.Current;
        return
        [
            .. known.Keys.Union(pulls.Keys).Order(StringComparer.Ordinal).Select(name =>
            {
                var service = known.GetValueOrDefault(name);
                var pull = pulls.GetValueOrDefault(name);
                return new PushedService(
                    name,
                    service?.ConfigVersion,
                    service?.Stored.StoredAt.ToUnixTimeMilliseconds(),
                    service?.Functions.Count() ?? 0,
                    service?.Functions.Count(function => function.Config.Disabled) ?? 0,
                    [.. live.Services.GetValueOrDefault(name)?.Select(registration => registration.Node.Address) ?? []],
                    pull is not null,
                    pull);
            }),
        ];
    }
}

/// <summary>The JSON of push status.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<PushedService>))]
internal sealed partial class PushedServiceJson : JsonSerializerContext;
