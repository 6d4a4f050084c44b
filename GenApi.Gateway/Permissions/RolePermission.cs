using GenApi.Gateway.Calls;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Permissions;

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
