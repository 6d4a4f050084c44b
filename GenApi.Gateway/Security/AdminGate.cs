using System.Security.Claims;
using GenApi.Gateway.Entry;
using GenApi.Protocol.Cluster;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Security;

/// <summary>Lets a request to the admin API through, or refuses it; either leaves a line in the log, but for a mere look that is allowed.</summary>
internal sealed partial class AdminGate(IOptionsMonitor<GenApiGatewayOptions> options, ILogger<AdminGate> logger)
{
    /// <summary>The role of users who may use the admin API without the admin token.</summary>
    public const string Role = "genapi-admin";

    /// <summary>Null when the request may pass; else the answer that refuses it.</summary>
    /// <param name="http">The request.</param>
    /// <param name="action">The change it wants to make; null: it only looks.</param>
    public IResult? Refuse(HttpContext http, string? action)
    {
        var settings = options.CurrentValue;
        var path = http.Request.Path.Value;
        if (!ClusterToken.MatchesBearer(http.Request.Headers.Authorization, settings.AdminToken) && !http.User.IsInRole(Role))
        {
            Log.Unauthorized(logger, path, http.Connection.RemoteIpAddress);
            if (http.User.Identity is { IsAuthenticated: true })
            {
                return Problem.Result(StatusCodes.Status403Forbidden, "permission_denied", $"Only users with the role {Role} may use the admin API.");
            }

            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Problem.Result(StatusCodes.Status401Unauthorized, "unauthenticated", "The admin token is missing or wrong. Send it as 'Authorization: Bearer <admin token>'.");
        }

        if (action is null)
        {
            return null;
        }

        var who = http.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "the admin token";
        if (!settings.AdminActions.Contains(action) && !settings.AdminActions.Contains(AdminAction.Every))
        {
            Log.ActionRefused(logger, action, path, who);
            return Problem.Result(StatusCodes.Status403Forbidden, "permission_denied", $"The action '{action}' is switched off. Add it to GenApi:AdminActions to allow it.");
        }

        Log.ActionAllowed(logger, action, path, who);
        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Refused {Path} to {Address}: neither the admin token nor a user with the admin role.")]
        public static partial void Unauthorized(ILogger logger, string? path, System.Net.IPAddress? address);

        [LoggerMessage(2, LogLevel.Warning, "Refused the admin action {Action} at {Path} to {User}: GenApi:AdminActions does not allow it.")]
        public static partial void ActionRefused(ILogger logger, string action, string? path, string user);

        [LoggerMessage(3, LogLevel.Information, "The admin action {Action} at {Path}, by {User}.")]
        public static partial void ActionAllowed(ILogger logger, string action, string? path, string user);
    }
}

/// <summary>Puts endpoints behind the <see cref="AdminGate"/>.</summary>
internal static class AdminGateExtensions
{
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="action">The change it makes; null: it only looks.</param>
    public static TBuilder RequireAdmin<TBuilder>(this TBuilder endpoint, string? action = null)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.AddEndpointFilter(async (context, next) =>
            context.HttpContext.RequestServices.GetRequiredService<AdminGate>().Refuse(context.HttpContext, action) ?? await next(context));
}
