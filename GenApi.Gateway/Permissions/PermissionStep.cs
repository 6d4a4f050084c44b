using GenApi.Gateway.Calls;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Permissions;

/// <summary>Asks whether the caller may call the function.</summary>
internal sealed class PermissionStep : ICallStep
{
    public string Phase => "permission";

    public ValueTask<CallError?> RunAsync(Call call) => call.Function.Permission.CheckAsync(call);
}
