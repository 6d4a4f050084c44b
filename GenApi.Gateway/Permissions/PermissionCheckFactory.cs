using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Permissions;

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
