using GenApi.Gateway.Calls;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Permissions;

/// <summary><c>false</c>: everyone whom the gateway lets in.</summary>
internal sealed class NoPermission : PermissionCheck
{
    public override string Strategy => "none";

    public override string Description => "Everyone whom the gateway lets in";

    public override ValueTask<CallError?> CheckAsync(Call call) => default;
}
