using System.Collections.Frozen;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Configs;

/// <summary>All functions at one moment. Never changes; a change makes a new one.</summary>
internal sealed class ConfigSnapshot(FrozenDictionary<string, ServiceSnapshot> services)
{
    public static ConfigSnapshot Empty { get; } = new(FrozenDictionary<string, ServiceSnapshot>.Empty);

    public FrozenDictionary<string, ServiceSnapshot> Services => services;

    /// <summary>The functions whose configs say themselves where they run.</summary>
    public IReadOnlyList<FunctionEntry> WithNodes { get; } =
        [.. services.Values.SelectMany(service => service.Functions).Where(function => function.Config.Nodes is NodeSet.Addresses or NodeSet.Resolver)];

    /// <summary>The function that answers a call, or why there is none.</summary>
    /// <param name="service">The service.</param>
    /// <param name="requestType">The function's name.</param>
    /// <param name="version">The version; null: the unversioned function, or else the highest enabled version.</param>
    /// <param name="error">Why there is none; null when there is one.</param>
    public FunctionEntry? Find(string service, string requestType, string? version, out CallError? error)
    {
        if (!services.TryGetValue(service, out var found))
        {
            error = new CallError(ErrorCode.NotFound, $"unknown service: {service}");
            return null;
        }

        return found.Find(requestType, version, out error);
    }

    /// <summary>How many changes this gateway has taken over since it started.</summary>
    public long Revision { get; private init; }

    /// <summary>The same functions, but these for those services.</summary>
    /// <param name="changed">The services as they are now.</param>
    public ConfigSnapshot With(IEnumerable<ServiceSnapshot> changed)
    {
        var all = services.ToDictionary();
        foreach (var service in changed)
        {
            all[service.Name] = service;
        }

        return new ConfigSnapshot(all.ToFrozenDictionary()) { Revision = Revision + 1 };
    }
}

/// <summary>The functions of one service at one moment.</summary>
internal sealed class ServiceSnapshot
{
    private readonly FrozenDictionary<string, FunctionEntry[]> _functions;

    public ServiceSnapshot(StoredService stored, IEnumerable<FunctionEntry> functions)
    {
        Stored = stored;
        _functions = functions
            .GroupBy(function => function.Config.RequestType)
            .ToFrozenDictionary(
                group => group.Key,
                group => group.OrderByDescending(function => function.Config.Version, VersionOrder.Instance).ToArray());
    }

    /// <summary>What this was made from.</summary>
    public StoredService Stored { get; }

    public string Name => Stored.Name;

    public string ConfigVersion => Stored.ConfigVersion;

    /// <summary>The plain HTTP routes of the service.</summary>
    public IReadOnlyList<HttpRoute> HttpRoutes => Stored.HttpRoutes;

    public IEnumerable<FunctionEntry> Functions => _functions.Values.SelectMany(versions => versions);

    /// <summary>The functions that calls without a version get, one for each name that is not switched off.</summary>
    public IEnumerable<FunctionEntry> Defaults => _functions.Keys.Select(name => Find(name, null, out _)).OfType<FunctionEntry>();

    public FunctionEntry? Find(string requestType, string? version, out CallError? error)
    {
        error = null;
        if (!_functions.TryGetValue(requestType, out var versions))
        {
            error = new CallError(ErrorCode.NotFound, $"unsupported function: {requestType}{VersionSuffix(version)}");
            return null;
        }

        FunctionEntry? disabled = null;
        foreach (var entry in versions)
        {
            // The unversioned function sorts first, so without a wanted version the first enabled entry is the answer.
            if (version is not null && entry.Config.Version != version)
            {
                continue;
            }

            if (!entry.Config.Disabled)
            {
                return entry;
            }

            disabled ??= entry;
        }

        error = disabled is null
            ? new CallError(ErrorCode.NotFound, $"unsupported function: {requestType}{VersionSuffix(version)}")
            : new CallError(ErrorCode.Disabled, $"disabled function: {requestType}{VersionSuffix(disabled.Config.Version)}");
        return null;
    }

    private static string VersionSuffix(string? version) => version is null ? "" : $" version {version}";
}
