using GenApi.Gateway.Entry;
using GenApi.Gateway.Entry.Routes;

namespace GenApi.Gateway.Security;

/// <summary>The token in a request's query: for WebSockets only, since browsers cannot set headers on them, and URLs are written down in many places.</summary>
internal static class QueryToken
{
    /// <summary>The query parameter.</summary>
    public const string Name = "access_token";

    /// <summary>The token; null: there is none, or it does not belong there.</summary>
    public static string? Of(HttpRequest request) =>
        request.Path.StartsWithSegments(GenApiHub.Path) || (request.Path.StartsWithSegments(RoutePath.Prefix) && NodeRequest.IsWebSocket(request.HttpContext))
            ? request.Query[Name].FirstOrDefault()
            : null;
}
