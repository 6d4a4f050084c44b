using GenApi.Gateway.Calls;
using GenApi.Protocol.Calls;
using Microsoft.AspNetCore.Authorization;

namespace GenApi.Gateway.Permissions;

/// <summary><c>{"policy":"NAME"}</c>: an authorization policy of the gateway. Fails closed.</summary>
internal sealed partial class PolicyPermission(string policy, IServiceProvider services) : PermissionCheck
{
    public override string Strategy => "policy";

    public override string Description => $"Requires the authorization policy '{policy}'";

    public override async ValueTask<string?> FindMissingAsync() =>
        await services.GetRequiredService<IAuthorizationPolicyProvider>().GetPolicyAsync(policy).ConfigureAwait(false) is null
            ? $"no authorization policy is registered as '{policy}'"
            : null;

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
