using GenApi.Gateway.Calls;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Permissions;

/// <summary><c>any_authenticated</c>.</summary>
internal sealed class AuthenticatedPermission : PermissionCheck
{
    public override string Strategy => "authenticated";

    public override string Description => "Requires an authenticated user";

    public override ValueTask<CallError?> CheckAsync(Call call) =>
        new(call.UserId is null ? Denied("Only authenticated users may call this function.") : null);
}
