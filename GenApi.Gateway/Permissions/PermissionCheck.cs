using System.Text;
using System.Text.Json;
using GenApi.Gateway.Calls;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;
using Microsoft.AspNetCore.Authorization;

namespace GenApi.Gateway.Permissions;

/// <summary>Decides whether a caller may call a function. One for each function, made from its config.</summary>
internal abstract class PermissionCheck
{
    /// <summary>The strategy's name in diagnostics.</summary>
    public abstract string Strategy { get; }

    /// <summary>The rule in one sentence.</summary>
    public abstract string Description { get; }

    /// <summary>Null when the call may go on.</summary>
    public abstract ValueTask<CallError?> CheckAsync(Call call);

    protected static CallError Denied(string reason) => new(ErrorCode.PermissionDenied, reason);
}

/// <summary>Makes the check that a config asks for.</summary>
internal sealed class PermissionCheckFactory(IServiceProvider services)
{
    public PermissionCheck For(FunConfig config) => (config.PermissionCallback, config.CheckPermission) switch
    {
        (PermissionCallback.Function function, _) => new FunctionPermission(function.Name, config.HookTimeout, services),
        (PermissionCallback.Policy policy, _) => new PolicyPermission(policy.Name, services),
        (_, PermissionRule.AnyAuthenticated) => new AuthenticatedPermission(),
        (_, PermissionRule.Arg arg) => new ArgumentPermission(arg.Name, config.ArgOrders is { IsMap: true }),
        (_, PermissionRule.Role role) => new RolePermission(role.Roles),
        (_, PermissionRule.Policy policy) => new PolicyPermission(policy.Name, services),
        (null, null or PermissionRule.None) => new NoPermission(),
        _ => throw new InvalidOperationException($"The permission of {config.Key} is of no kind that is known."),
    };
}

/// <summary><c>false</c>: everyone whom the gateway lets in.</summary>
internal sealed class NoPermission : PermissionCheck
{
    public override string Strategy => "none";

    public override string Description => "Everyone whom the gateway lets in";

    public override ValueTask<CallError?> CheckAsync(Call call) => default;
}

/// <summary><c>any_authenticated</c>.</summary>
internal sealed class AuthenticatedPermission : PermissionCheck
{
    public override string Strategy => "authenticated";

    public override string Description => "Requires an authenticated user";

    public override ValueTask<CallError?> CheckAsync(Call call) =>
        new(call.UserId is null ? Denied("Only authenticated users may call this function.") : null);
}

/// <summary><c>{"role":[…]}</c>.</summary>
internal sealed class RolePermission(IReadOnlyList<string> roles) : PermissionCheck
{
    public override string Strategy => "role_based";

    public override string Description => $"Requires one of the roles {string.Join(", ", roles)}";

    public override ValueTask<CallError?> CheckAsync(Call call) =>
        new(call.UserId is not null && call.Roles.Any(roles.Contains)
            ? null
            : Denied($"Only users with the role {string.Join(" or ", roles)} may call this function."));
}

/// <summary>
/// <c>{"arg":"NAME"}</c>: the argument must be the caller's own id. It is looked for among the arguments and, where they are
/// passed as one map, one level deep. An argument given twice passes here and is refused by the argument check that follows.
/// </summary>
internal sealed class ArgumentPermission(string argument, bool oneLevelDeep) : PermissionCheck
{
    private readonly byte[] _argument = Encoding.UTF8.GetBytes(argument);

    public override string Strategy => "arg_based";

    public override string Description => $"Requires the argument '{argument}' to be the caller's own user id";

    public override ValueTask<CallError?> CheckAsync(Call call) =>
        new(call.UserId is { } userId && Matches(call.Args, userId)
            ? null
            : Denied($"The argument '{argument}' must be the caller's own user id."));

    private bool Matches(RawJson args, string userId)
    {
        var reader = new Utf8JsonReader(args.Utf8.Span);
        reader.Read();
        bool? deep = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(_argument))
            {
                reader.Read();
                return IsUser(ref reader, userId);
            }

            reader.Read();
            if (oneLevelDeep && reader.TokenType == JsonTokenType.StartObject)
            {
                var inner = InObject(ref reader, userId);
                deep = (deep, inner) switch
                {
                    (null, _) => inner,
                    (_, null) => deep,
                    _ => deep.Value && inner.Value,
                };
            }
            else
            {
                reader.Skip();
            }
        }

        return deep == true;
    }

    /// <summary>Whether the member names the user; null where the object has no such member. All of several must.</summary>
    private bool? InObject(ref Utf8JsonReader reader, string userId)
    {
        bool? found = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isArgument = reader.ValueTextEquals(_argument);
            reader.Read();
            if (isArgument)
            {
                found = found != false && IsUser(ref reader, userId);
            }

            reader.Skip();
        }

        return found;
    }

    private static bool IsUser(ref Utf8JsonReader reader, string userId) => reader.TokenType switch
    {
        JsonTokenType.String => reader.ValueTextEquals(userId),
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan) == userId,
        _ => false,
    };
}

/// <summary><c>{"policy":"NAME"}</c>: an authorization policy of the gateway. Fails closed.</summary>
internal sealed partial class PolicyPermission(string policy, IServiceProvider services) : PermissionCheck
{
    public override string Strategy => "policy";

    public override string Description => $"Requires the authorization policy '{policy}'";

    public override async ValueTask<CallError?> CheckAsync(Call call)
    {
        try
        {
            await using var scope = services.CreateAsyncScope();
            var result = await scope.ServiceProvider.GetRequiredService<IAuthorizationService>()
                .AuthorizeAsync(call.Caller.Principal, call.Request, policy).ConfigureAwait(false);
            return result.Succeeded ? null : Denied($"The policy '{policy}' does not admit the caller.");
        }
        catch (Exception error)
        {
            // A policy that is missing or throws must not let anybody in.
            Log.PolicyFailed(services.GetRequiredService<ILogger<PolicyPermission>>(), error, policy, call.Request.RequestId);
            return Denied($"The policy '{policy}' could not be evaluated.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The policy {Policy} failed on request {RequestId}; the call is denied.")]
        public static partial void PolicyFailed(ILogger logger, Exception error, string policy, string requestId);
    }
}
