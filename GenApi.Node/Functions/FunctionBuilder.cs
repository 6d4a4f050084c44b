using GenApi.Protocol.Configs;

namespace GenApi.Node.Functions;

/// <summary>Sets the config of one function that <see cref="NodeBuilder.Map"/> has registered.</summary>
public sealed class FunctionBuilder
{
    private readonly List<Func<FunConfig, FunConfig>> _changes = [];

    internal FunctionBuilder()
    {
    }

    /// <summary>Changes anything in the config. What the method's signature says is there already.</summary>
    public FunctionBuilder Configure(Func<FunConfig, FunConfig> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _changes.Add(change);
        return this;
    }

    /// <summary>Applies an attribute that a method would carry, such as <see cref="RequireRoleAttribute"/>.</summary>
    public FunctionBuilder With(FunctionConventionAttribute convention)
    {
        ArgumentNullException.ThrowIfNull(convention);
        return Configure(convention.Apply);
    }

    /// <summary>The function's version, in place of <see cref="NodeBuilder.Version"/>. Null: unversioned.</summary>
    public FunctionBuilder WithVersion(string? version) => Configure(config => config with { Version = version });

    /// <summary>What the function does, for people.</summary>
    public FunctionBuilder WithDescription(string description) => Configure(config => config with { Description = description });

    /// <summary>How long a call may take: 100 ms to 300 s, or <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public FunctionBuilder WithTimeout(TimeSpan timeout) => Configure(config => config with
    {
        Timeout = timeout == Timeout.InfiniteTimeSpan ? CallTimeout.Infinity : new CallTimeout((int)timeout.TotalMilliseconds),
    });

    /// <summary>Only verified users may call the function.</summary>
    public FunctionBuilder RequireAuthenticated() => With(new RequireAuthenticatedAttribute());

    /// <summary>Only the user whose id is the value of the argument may call the function.</summary>
    public FunctionBuilder RequireArgument(string argument) => With(new RequireArgumentAttribute(argument));

    /// <summary>Only users with one of the roles may call the function.</summary>
    public FunctionBuilder RequireRole(params string[] roles) => With(new RequireRoleAttribute(roles));

    internal FunConfig Apply(FunConfig config) => _changes.Aggregate(config, (current, change) => change(current));
}
