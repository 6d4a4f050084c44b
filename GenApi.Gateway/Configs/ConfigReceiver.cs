using System.Collections.Frozen;
using System.Text.Json;
using GenApi.Gateway.Configs.Failed;
using GenApi.Gateway.Configs.Pull;
using GenApi.Gateway.Entry.Routes;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.Security;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Protocol.Cluster;
using GenApi.Protocol.Configs;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Configs;

/// <summary>Takes pushes: checks each function, stores the valid ones, and puts them to use at once.</summary>
internal sealed partial class ConfigReceiver(
    ConfigCatalog catalog,
    NodeDirectory directory,
    Allowlist allowlist,
    FailedConfigs failed,
    PullRegister pulls,
    HttpRouteRules routeRules,
    GatewayEvents events,
    IOptions<GenApiGatewayOptions> options,
    TimeProvider time,
    ILogger<ConfigReceiver> logger)
{
    /// <summary>The most functions of one push.</summary>
    public const int MaxFunctions = 10_000;

    /// <summary>The most plain HTTP routes of one push.</summary>
    public const int MaxHttpRoutes = 1_000;

    /// <summary>Takes what a node or a tool pushes.</summary>
    public async Task<PushResult> PushAsync(PushConfig push, bool force, CancellationToken cancellationToken)
    {
        var result = await TakeAsync(push, force, new ConfigOrigin(ConfigSource.Push, push.Node?.Address), cancellationToken).ConfigureAwait(false);
        events.ConfigsPushed(push, result);
        return result;
    }

    /// <summary>Takes configs, by whichever way they came.</summary>
    public async Task<PushResult> TakeAsync(PushConfig push, bool force, ConfigOrigin origin, CancellationToken cancellationToken)
    {
        if (FaultOf(push) is { } fault)
        {
            return new PushResult(PushResult.Error, fault);
        }

        var accepted = new List<FunConfig>(push.FunConfigs.Count);
        var keys = new HashSet<FunctionKey>();
        var rejected = new List<RejectedFunction>();
        var refused = new List<JsonElement>();
        foreach (var json in push.FunConfigs)
        {
            var (config, reasons) = FunConfigReader.Read(json, push.Service);
            if (config is not null && allowlist.RefuseFunction(push.Service, config.RequestType) is { } notAllowed)
            {
                reasons = [notAllowed];
            }
            else if (config?.Nodes is NodeSet.Addresses { Items: var addresses } && addresses.Select(allowlist.RefuseNode).OfType<string>().ToList() is { Count: > 0 } refusals)
            {
                reasons = refusals;
            }
            else if (config is not null && config.Service != push.Service)
            {
                reasons = [$"service is '{config.Service}', but the push is for '{push.Service}'"];
            }
            else if (config is not null && !keys.Add(config.Key))
            {
                reasons = [$"the push has another function {config.Key}"];
            }

            if (reasons.Count == 0)
            {
                accepted.Add(config!);
            }
            else
            {
                rejected.Add(new RejectedFunction(push.Service, Member(json, "request_type"), Member(json, "version"), reasons));
                refused.Add(json);
            }
        }

        var (routes, wrongRoutes) = routeRules.Sort(push.Service, push.HttpRoutes ?? []);
        foreach (var (route, json) in wrongRoutes)
        {
            rejected.Add(route);
            refused.Add(json);
        }

        foreach (var function in rejected)
        {
            Log.FunctionRejected(logger, push.Service, function.RequestType, function.Version, string.Join("; ", function.Reasons));
        }

        failed.Record(origin, push.Service, rejected, refused);
        if (accepted.Count == 0 && routes.Count == 0)
        {
            return new PushResult(PushResult.Error, "no function of the push is valid") { Rejected = rejected };
        }

        var skip = false;
        await catalog.UpdateAsync(
            push.Service,
            stored =>
            {
                skip = !force && stored?.ConfigVersion == push.ConfigVersion;
                return skip
                    ? null
                    : (stored ?? new StoredService(push.Service)).WithPush(push.ConfigVersion, accepted, WithOthers(push, routes, stored), time.GetUtcNow());
            },
            cancellationToken).ConfigureAwait(false);
        if (!skip)
        {
            events.ConfigsAdded(push.Service, push.ConfigVersion, accepted);
            Log.Stored(logger, push.Service, accepted.Count, push.ConfigVersion);
        }

        // Also when the configs are known already: this node now serves them too.
        if (push.Node is { } node)
        {
            await directory.RegisterAsync(
                new NodeLease(push.Service, node, push.ConfigVersion, keys.ToFrozenSet()) { HttpRoutes = routes.Keys.ToFrozenSet() },
                cancellationToken).ConfigureAwait(false);
        }

        if (push.Pull is not null)
        {
            await pulls.AddAsync(push, cancellationToken).ConfigureAwait(false);
        }

        return new PushResult(skip ? PushResult.Skipped : PushResult.Accepted, skip ? "version_matches" : null) { Rejected = rejected };
    }

    /// <summary>
    /// The routes of a push, and those of earlier pushes that a live node still has: while the nodes of a service are replaced
    /// one by one, the old ones keep what they serve. What was pushed a moment ago stays too, since this gateway may not know
    /// yet of the node that did.
    /// </summary>
    private List<HttpRoute> WithOthers(PushConfig push, IReadOnlyDictionary<string, HttpRoute> pushed, StoredService? stored)
    {
        if (stored is not { HttpRoutes.Count: > 0 })
        {
            return [.. pushed.Values];
        }

        var live = directory.Current.Services.GetValueOrDefault(push.Service, [])
            .Where(registration => registration.Lease.Node.Address != push.Node?.Address)
            .SelectMany(registration => registration.Lease.HttpRoutes)
            .ToHashSet();
        var justPushed = time.GetUtcNow() - stored.StoredAt < 2 * options.Value.Nodes.WatchInterval;
        return
        [
            .. pushed.Values,
            .. stored.HttpRoutes.Where(route => HttpRouteRules.KeyOf(route) is var key && !pushed.ContainsKey(key) && (justPushed || live.Contains(key))),
        ];
    }

    /// <summary>Whether the stored configs of a service are those of a version.</summary>
    public async Task<VerifyResult> VerifyAsync(string service, string configVersion, CancellationToken cancellationToken) =>
        await catalog.FindAsync(service, cancellationToken).ConfigureAwait(false) switch
        {
            null => new VerifyResult(VerifyResult.NotFound),
            var stored when stored.ConfigVersion == configVersion => new VerifyResult(VerifyResult.Matched),
            var stored => new VerifyResult(VerifyResult.Mismatch, stored.ConfigVersion),
        };

    private string? FaultOf(PushConfig push)
    {
        if (!FunConfigValidator.IsName(push.Service))
        {
            return $"service must be 1 to 128 letters, digits, '_', '-' or '.', but is '{push.Service}'";
        }

        if (push.ConfigVersion.Length is 0 or > 128 || push.ConfigVersion.Any(char.IsControl))
        {
            return "config_version must have 1 to 128 characters, none of them a control character";
        }

        if (push.FunConfigs.Count > MaxFunctions)
        {
            return $"fun_configs has {push.FunConfigs.Count} functions; {MaxFunctions} is the most of one push";
        }

        if (push.HttpRoutes is { Count: > MaxHttpRoutes })
        {
            return $"http_routes has {push.HttpRoutes.Count} routes; {MaxHttpRoutes} is the most of one push";
        }

        return (push.Node is { } node ? NodeLease.FaultOf(node) ?? allowlist.RefuseNode(node.Address) : null) ?? pulls.FaultOf(push);
    }

    /// <summary>A member of a config that is wrong in some way, as far as it can be told.</summary>
    private static string? Member(JsonElement json, string name)
    {
        try
        {
            return json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value.ToString() : null;
        }
        catch (InvalidOperationException)
        {
            // Text that is not valid Unicode; the reasons say so.
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Stored {Count} functions of service {Service}, config version {ConfigVersion}.")]
        public static partial void Stored(ILogger logger, string service, int count, string configVersion);

        [LoggerMessage(2, LogLevel.Warning, "Refused the function {Service}/{RequestType} {Version}: {Reasons}")]
        public static partial void FunctionRejected(ILogger logger, string service, string? requestType, string? version, string reasons);
    }
}
