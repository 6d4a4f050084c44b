using GenApi.Gateway.Security;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Configs;
using Microsoft.AspNetCore.Authorization;

namespace GenApi.Gateway.Entry.Routes;

/// <summary>Decides whether a caller may use a plain HTTP route, by the same rules as for functions. Fails closed.</summary>
internal sealed partial class RoutePermission(ILogger<RoutePermission> logger)
{
    /// <summary>Null when the request may go on.</summary>
    public ValueTask<CallError?> CheckAsync(HttpContext http, ServedRoute route, Caller caller) => route.Route.CheckPermission switch
    {
        null or PermissionRule.None => default,
        PermissionRule.AnyAuthenticated => Unless(caller.UserId is not null, "Only authenticated users may use this route."),

        // The value as the node will decode it too.
        PermissionRule.Arg arg => Unless(
            caller.UserId is { } userId && http.Request.RouteValues.TryGetValue(arg.Name, out var value) && value as string == userId,
            $"The path's '{arg.Name}' must be the caller's own user id."),
        PermissionRule.Role role => Unless(
            caller.UserId is not null && caller.Roles.Any(role.Roles.Contains),
            $"Only users with the role {string.Join(" or ", role.Roles)} may use this route."),
        PermissionRule.Policy policy => CheckPolicyAsync(http, policy.Name, route, caller),
        _ => Unless(false, "The route's permission is of no kind that is known."),
    };

    private static ValueTask<CallError?> Unless(bool admitted, string reason) => new(admitted ? null : Denied(reason));

    private static CallError Denied(string reason) => new(ErrorCode.PermissionDenied, reason);

    private async ValueTask<CallError?> CheckPolicyAsync(HttpContext http, string policy, ServedRoute route, Caller caller)
    {
        try
        {
            // The request is the resource, as with the endpoints of any ASP.NET Core application.
            var result = await http.RequestServices.GetRequiredService<IAuthorizationService>().AuthorizeAsync(caller.Principal, http, policy).ConfigureAwait(false);
            return result.Succeeded ? null : Denied($"The policy '{policy}' does not admit the caller.");
        }
        catch (Exception error)
        {
            // A policy that is missing or throws must not let anybody in.
            Log.PolicyFailed(logger, error, policy, route.Service, route.Key);
            return Denied($"The policy '{policy}' could not be evaluated.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The policy {Policy} failed on the route {Service} {Route}; the request is denied.")]
        public static partial void PolicyFailed(ILogger logger, Exception error, string policy, string service, string route);
    }
}
