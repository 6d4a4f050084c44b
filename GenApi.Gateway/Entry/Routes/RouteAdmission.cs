using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Security;
using GenApi.Protocol.Calls;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Entry.Routes;

/// <summary>Finds out whether a plain HTTP request may pass: the way of a call, as far as it applies.</summary>
internal sealed class RouteAdmission(RoutePermission permission, RateLimiter limiter, IOptionsMonitor<GenApiGatewayOptions> options)
{
    private static readonly CallError AuthenticationRequired = new(ErrorCode.Unauthenticated, "Authentication required: send a valid access token.");

    /// <summary>The answer that refuses the request; null when it may pass.</summary>
    public async ValueTask<CallError?> AdmitAsync(HttpContext http, ServedRoute route, Caller caller)
    {
        var settings = options.CurrentValue;
        if (RoutePath.FaultOf(PathAsSent(http)) is { } fault)
        {
            return new CallError(ErrorCode.InvalidRequest, fault);
        }

        // Paths match whatever the case of their letters; the names of services do not.
        if (!http.Request.Path.Value.AsSpan(RoutePath.Prefix.Length + 1).StartsWith(route.Service, StringComparison.Ordinal))
        {
            return NoSuchRoute(http);
        }

        // A pattern such as /{**path} covers these too.
        if (RoutePath.IsReserved(RoutePath.OnNode(route.Service, http.Request.Path)))
        {
            return NoSuchRoute(http);
        }

        if (settings.RequireVerifiedUserId && caller.UserId is null)
        {
            return AuthenticationRequired;
        }

        return await permission.CheckAsync(http, route, caller).ConfigureAwait(false)
            ?? (await limiter.CheckAsync(SubjectOf(http, caller), route.Service, requestType: null).ConfigureAwait(false))?.ToError()
            ?? LimitBody(http, settings.Routes.MaxRequestBytes);
    }

    /// <summary>No service has declared the path, or not for this method.</summary>
    public static CallError NoSuchRoute(HttpContext http) => new(ErrorCode.NotFound, $"no service has the route: {http.Request.Method} {http.Request.Path}");

    /// <summary>The client's id for the request, or a new one.</summary>
    public static string RequestIdOf(HttpContext http) =>
        http.Request.Headers["X-Request-Id"] is { Count: > 0 } values && values[0] is { Length: > 0 } value && CallRequestReader.Fits(value) ? value : Guid.NewGuid().ToString("N");

    /// <summary>A request has no arguments, so limits that count by one do not apply.</summary>
    private static RateLimitSubject SubjectOf(HttpContext http, Caller caller)
    {
        var named = http.Request.Headers["X-Device-Id"] is { Count: > 0 } values && values[0] is { Length: > 0 } value && CallRequestReader.Fits(value) ? value : null;
        return new(caller.UserId, caller.DeviceId ?? named, caller.IpAddress, caller.Principal, default);
    }

    /// <summary>The path before anybody has decoded it; the target may be a whole URL.</summary>
    private static string PathAsSent(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (target.StartsWith('/'))
        {
            return target;
        }

        var authority = target.IndexOf("://", StringComparison.Ordinal);
        var path = authority < 0 ? -1 : target.IndexOf('/', authority + 3);
        return path < 0 ? http.Request.Path.Value! : target[path..];
    }

    /// <summary>The server's own limit is meant for bodies that are kept; this one is streamed.</summary>
    private static CallError? LimitBody(HttpContext http, long? maxBytes)
    {
        if (maxBytes is { } most && http.Request.ContentLength > most)
        {
            return new CallError(ErrorCode.PayloadTooLarge, $"The body is larger than {most} bytes.");
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = maxBytes;
        }

        return null;
    }
}
