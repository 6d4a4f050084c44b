using GenApi.Protocol.Configs;

namespace GenApi.Node.Functions;

/// <summary>
/// Base of the attributes that set a part of a function's config. Write your own to bundle what several functions share.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public abstract class FunctionConventionAttribute : Attribute
{
    /// <summary>The config with this attribute's part set.</summary>
    public abstract FunConfig Apply(FunConfig config);
}

/// <summary>Only verified users may call the function (<c>check_permission: "any_authenticated"</c>).</summary>
public sealed class RequireAuthenticatedAttribute : FunctionConventionAttribute
{
    /// <inheritdoc/>
    public override FunConfig Apply(FunConfig config) => config with { CheckPermission = new PermissionRule.AnyAuthenticated() };
}

/// <summary>Only the user whose id is the value of the argument may call the function (<c>check_permission: {"arg":"NAME"}</c>).</summary>
/// <param name="argument">The argument's name as callers write it.</param>
public sealed class RequireArgumentAttribute(string argument) : FunctionConventionAttribute
{
    /// <summary>The argument's name.</summary>
    public string Argument => argument;

    /// <inheritdoc/>
    public override FunConfig Apply(FunConfig config) => config with { CheckPermission = new PermissionRule.Arg(argument) };
}

/// <summary>Only users with one of the roles may call the function (<c>check_permission: {"role":[…]}</c>).</summary>
/// <param name="roles">At least one role.</param>
public sealed class RequireRoleAttribute(params string[] roles) : FunctionConventionAttribute
{
    /// <summary>The roles.</summary>
    public IReadOnlyList<string> Roles => roles;

    /// <inheritdoc/>
    public override FunConfig Apply(FunConfig config) => config with { CheckPermission = new PermissionRule.Role(roles) };
}

/// <summary>Only users whom the gateway's authorization policy admits may call the function (<c>check_permission: {"policy":"NAME"}</c>).</summary>
/// <param name="policy">The policy's name on the gateway.</param>
public sealed class RequirePolicyAttribute(string policy) : FunctionConventionAttribute
{
    /// <summary>The policy's name.</summary>
    public string Policy => policy;

    /// <inheritdoc/>
    public override FunConfig Apply(FunConfig config) => config with { CheckPermission = new PermissionRule.Policy(policy) };
}

/// <summary>Code decides who may call the function (<c>permission_callback</c>). Give one of the two names.</summary>
public sealed class PermissionCallbackAttribute : FunctionConventionAttribute
{
    /// <summary>A function on this node that answers true or false; null where <see cref="Policy"/> is given.</summary>
    public string? Function { get; init; }

    /// <summary>An authorization policy on the gateway; null where <see cref="Function"/> is given.</summary>
    public string? Policy { get; init; }

    /// <inheritdoc/>
    public override FunConfig Apply(FunConfig config) => config with
    {
        PermissionCallback = (Function, Policy) switch
        {
            ({ } function, null) => new PermissionCallback.Function(function),
            (null, { } policy) => new PermissionCallback.Policy(policy),
            _ => throw new InvalidOperationException($"[PermissionCallback] on '{config.RequestType}' needs either Function or Policy."),
        },
    };
}

/// <summary>How long a call may take.</summary>
/// <param name="milliseconds">100 to 300000, or 0 for no limit.</param>
public sealed class CallTimeoutAttribute(int milliseconds) : FunctionConventionAttribute
{
    /// <summary>The milliseconds; 0 for no limit.</summary>
    public int Milliseconds => milliseconds;

    /// <inheritdoc/>
    public override FunConfig Apply(FunConfig config) => config with
    {
        Timeout = milliseconds == 0 ? CallTimeout.Infinity : new CallTimeout(milliseconds),
    };
}

/// <summary>The function answers later: callers get an acknowledgement at once and the result by event (<c>response_type: "async"</c>).</summary>
public sealed class AnswerLaterAttribute : FunctionConventionAttribute
{
    /// <inheritdoc/>
    public override FunConfig Apply(FunConfig config) => config with { ResponseType = ResponseType.Async };
}

/// <summary>The function answers nothing: callers get an acknowledgement at once (<c>response_type: "none"</c>).</summary>
public sealed class FireAndForgetAttribute : FunctionConventionAttribute
{
    /// <inheritdoc/>
    public override FunConfig Apply(FunConfig config) => config with { ResponseType = ResponseType.None };
}

/// <summary>How the gateway chooses a node (<c>choose_node_mode</c>).</summary>
/// <param name="mode"><c>random</c>, <c>hash</c>, <c>round_robin</c> or <c>least_busy</c>.</param>
public sealed class ChooseNodeAttribute(string mode) : FunctionConventionAttribute
{
    /// <summary>The mode's name.</summary>
    public string Mode => mode;

    /// <inheritdoc/>
    public override FunConfig Apply(FunConfig config) => config with
    {
        ChooseNodeMode = mode switch
        {
            "random" => new ChooseNodeMode.Random(),
            "hash" => new ChooseNodeMode.Hash(null),
            "round_robin" => new ChooseNodeMode.RoundRobin(),
            "least_busy" => new ChooseNodeMode.LeastBusy(),
            _ => throw new InvalidOperationException(
                $"[ChooseNode(\"{mode}\")] on '{config.RequestType}': use random, hash, round_robin or least_busy, or one of [HashBy], [StickyBy] and [CustomNode]."),
        },
    };
}

/// <summary>The value of the argument decides the node (<c>choose_node_mode: {"hash":"ARG"}</c>).</summary>
/// <param name="argument">The argument's name as callers write it.</param>
public sealed class HashByAttribute(string argument) : FunctionConventionAttribute
{
    /// <summary>The argument's name.</summary>
    public string Argument => argument;

    /// <inheritdoc/>
    public override FunConfig Apply(FunConfig config) => config with { ChooseNodeMode = new ChooseNodeMode.Hash(argument) };
}

/// <summary>Calls with the same value of the argument go to the same node while it lives (<c>choose_node_mode: {"sticky":"ARG"}</c>).</summary>
/// <param name="argument">The argument's name as callers write it.</param>
public sealed class StickyByAttribute(string argument) : FunctionConventionAttribute
{
    /// <summary>The argument's name.</summary>
    public string Argument => argument;

    /// <inheritdoc/>
    public override FunConfig Apply(FunConfig config) => config with { ChooseNodeMode = new ChooseNodeMode.Sticky(argument) };
}

/// <summary>A selector registered on the gateway chooses the node (<c>choose_node_mode: {"custom":"NAME"}</c>).</summary>
/// <param name="name">The selector's name on the gateway.</param>
public sealed class CustomNodeAttribute(string name) : FunctionConventionAttribute
{
    /// <summary>The selector's name.</summary>
    public string Name => name;

    /// <inheritdoc/>
    public override FunConfig Apply(FunConfig config) => config with { ChooseNodeMode = new ChooseNodeMode.Custom(name) };
}

/// <summary>A call that failed with <c>unavailable</c> or <c>timeout</c> is tried again (<c>retry</c>).</summary>
/// <param name="attempts">How many more times, from 1 to 10.</param>
/// <param name="mode">On the same node, or on each other node first.</param>
public sealed class RetryAttribute(int attempts, RetryMode mode = RetryMode.AllNodes) : FunctionConventionAttribute
{
    /// <summary>How many more times.</summary>
    public int Attempts => attempts;

    /// <summary>Where.</summary>
    public RetryMode Mode => mode;

    /// <inheritdoc/>
    public override FunConfig Apply(FunConfig config) => config with { Retry = new RetryPolicy(mode, attempts) };
}

/// <summary>Base of the hook attributes. Give one of the two names.</summary>
public abstract class HookAttribute : FunctionConventionAttribute
{
    /// <summary>A function on this node; null where <see cref="Gateway"/> is given.</summary>
    public string? Function { get; init; }

    /// <summary>A hook registered on the gateway; null where <see cref="Function"/> is given.</summary>
    public string? Gateway { get; init; }

    /// <summary>The time the hook has, in milliseconds, 1 to 60000; 0 leaves the function's own setting, which is 5000.</summary>
    public int TimeoutMs { get; init; }

    private protected HookRef Hook(FunConfig config) => (Function, Gateway) switch
    {
        ({ } function, null) => new HookRef.Function(function),
        (null, { } gateway) => new HookRef.Gateway(gateway),
        _ => throw new InvalidOperationException($"[{GetType().Name}] on '{config.RequestType}' needs either Function or Gateway."),
    };

    private protected FunConfig WithTimeout(FunConfig config) => TimeoutMs == 0 ? config : config with { HookTimeout = TimeoutMs };
}

/// <summary>Runs before each call; may change the request or refuse it (<c>before_execute</c>).</summary>
public sealed class BeforeExecuteAttribute : HookAttribute
{
    /// <inheritdoc/>
    public override FunConfig Apply(FunConfig config) => WithTimeout(config with { BeforeExecute = Hook(config) });
}

/// <summary>Runs after each call; may change the response (<c>after_execute</c>).</summary>
public sealed class AfterExecuteAttribute : HookAttribute
{
    /// <inheritdoc/>
    public override FunConfig Apply(FunConfig config) => WithTimeout(config with { AfterExecute = Hook(config) });
}
