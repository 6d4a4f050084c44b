using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Configs;

/// <summary>One service as the store keeps it. Never changes; a change makes a new one.</summary>
/// <param name="Name">The service's name.</param>
internal sealed record StoredService(string Name)
{
    /// <summary>The version of the last push that was stored.</summary>
    public string ConfigVersion { get; init; } = "";

    /// <summary>When that was.</summary>
    public DateTimeOffset StoredAt { get; init; }

    /// <summary>Its functions.</summary>
    public IReadOnlyList<FunConfig> Functions { get; init; } = [];

    /// <summary>Its plain HTTP routes.</summary>
    public IReadOnlyList<HttpRoute> HttpRoutes { get; init; } = [];

    /// <summary>The functions that an operator has switched off. They stay so when the service pushes again.</summary>
    public IReadOnlySet<FunctionKey> SwitchedOff { get; init; } = new HashSet<FunctionKey>();

    /// <summary>Tells one state of the service from another. The store gives it.</summary>
    public string Revision { get; init; } = "";

    public bool Has(FunctionKey function) => Functions.Any(config => config.Key == function);

    /// <summary>With these functions, in place of those with the same keys, and these routes, in place of all.</summary>
    public StoredService WithPush(string configVersion, IReadOnlyList<FunConfig> functions, IReadOnlyList<HttpRoute> httpRoutes, DateTimeOffset now) => this with
    {
        ConfigVersion = configVersion,
        StoredAt = now,
        Functions =
        [
            .. functions.Select(config => SwitchedOff.Contains(config.Key) ? config with { Disabled = true } : config),
            .. Functions.ExceptBy(functions.Select(config => config.Key), config => config.Key),
        ],
        HttpRoutes = httpRoutes,
    };

    /// <summary>With a function switched off or on; also one whose push itself said "disabled".</summary>
    public StoredService WithSwitch(FunctionKey function, bool disabled)
    {
        var off = SwitchedOff.ToHashSet();
        _ = disabled ? off.Add(function) : off.Remove(function);
        return this with
        {
            Functions = [.. Functions.Select(config => config.Key == function ? config with { Disabled = disabled } : config)],
            SwitchedOff = off,
        };
    }

    /// <summary>With all that a gateway remembers of the service beyond it, after the store lost what it had.</summary>
    public StoredService WithMemoryOf(StoredService known)
    {
        var both = this with
        {
            Functions = [.. Functions, .. known.Functions.ExceptBy(Functions.Select(config => config.Key), config => config.Key)],
            HttpRoutes = HttpRoutes.Count > 0 ? HttpRoutes : known.HttpRoutes,
        };
        return known.SwitchedOff.Aggregate(both, (service, key) => service.WithSwitch(key, disabled: true));
    }

    /// <summary>Without a function, until its service pushes a new version of its configs.</summary>
    public StoredService Without(FunctionKey function) => this with
    {
        Functions = [.. Functions.Where(config => config.Key != function)],
        SwitchedOff = SwitchedOff.Where(key => key != function).ToHashSet(),
    };

    /// <summary>Without any function, until its service pushes a new version of its configs. Its HTTP routes stay.</summary>
    public StoredService Cleared() => this with { Functions = [], SwitchedOff = new HashSet<FunctionKey>() };
}
