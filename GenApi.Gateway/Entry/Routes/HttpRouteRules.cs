using System.Collections.Frozen;
using System.Text.Json;
using GenApi.Gateway.Security;
using GenApi.Protocol.Cluster;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;
using Microsoft.AspNetCore.Routing.Patterns;

namespace GenApi.Gateway.Entry.Routes;

/// <summary>Tells the plain HTTP routes of a push that can be served from those that cannot.</summary>
internal sealed class HttpRouteRules(Allowlist allowlist, ParameterPolicyFactory policies)
{
    private const int MaxPathLength = 512;
    private const int MaxMethodLength = 32;
    private const int MaxMethods = 16;

    /// <summary>What tells a route from the others of its service.</summary>
    public static string KeyOf(HttpRoute route) => $"{(route.Methods is { } methods ? string.Join(',', methods) : "*")} {route.Path}";

    /// <summary>The valid routes by their keys, and each invalid one with every reason; its path stands for the function's name.</summary>
    public (IReadOnlyDictionary<string, HttpRoute> Valid, IReadOnlyList<(RejectedFunction Route, JsonElement Json)> Rejected) Sort(string service, IReadOnlyList<HttpRoute> routes)
    {
        if (routes.Count == 0)
        {
            return (FrozenDictionary<string, HttpRoute>.Empty, []);
        }

        var valid = new Dictionary<string, HttpRoute>();
        var rejected = new List<(RejectedFunction, JsonElement)>();

        foreach (var route in routes)
        {
            var normal = Normalize(route);
            List<string> reasons = route.Unreadable is { } unreadable ? [unreadable.Reason] : [.. FaultsOf(service, normal)];
            if (reasons.Count == 0 && !valid.TryAdd(KeyOf(normal), normal))
            {
                reasons.Add($"the push has another route {KeyOf(normal)}");
            }

            if (reasons.Count > 0)
            {
                rejected.Add((new RejectedFunction(service, normal.Path, null, reasons), route.Unreadable?.Json ?? JsonSerializer.SerializeToElement(route, ProtocolJson.Default.HttpRoute)));
            }
        }

        return (valid, rejected);
    }

    private static HttpRoute Normalize(HttpRoute route) => route.Methods is { } methods
        ? route with { Methods = [.. methods.Select(method => method?.ToUpperInvariant() ?? "").Distinct().Order(StringComparer.Ordinal)] }
        : route;

    private IEnumerable<string> FaultsOf(string service, HttpRoute route)
    {
        foreach (var fault in MethodFaults(route.Methods))
        {
            yield return fault;
        }

        if (!route.Path.StartsWith('/') || route.Path.Length > MaxPathLength || route.Path.Contains("//", StringComparison.Ordinal))
        {
            yield return $"path must begin with '/', have at most {MaxPathLength} characters and no empty segment, but is '{route.Path}'";
            yield break;
        }

        if (route.Path.Any(char.IsControl))
        {
            yield return "path must have no control characters";
            yield break;
        }

        RoutePattern? pattern = null;
        string? unreadable = null;
        try
        {
            pattern = RoutePatternFactory.Parse(RoutePath.OnGateway(service, route.Path));
        }
        catch (RoutePatternException error)
        {
            unreadable = error.Message;
        }

        if (pattern is null)
        {
            yield return $"path is not a route pattern: {unreadable}";
            yield break;
        }

        if (RoutePath.IsReserved(new PathString(route.Path)))
        {
            yield return $"path '{route.Path}' belongs to the node itself; /genapi, /health and /alive are never reached through a gateway";
        }

        foreach (var fault in ConstraintFaults(pattern))
        {
            yield return fault;
        }

        if (route.CheckPermission is PermissionRule.Arg arg && pattern.GetParameter(arg.Name) is null)
        {
            yield return $"check_permission names '{arg.Name}', which is no parameter of the path";
        }

        if (allowlist.RefuseFunction(service, route.Path) is { } notAllowed)
        {
            yield return notAllowed;
        }
    }

    private static IEnumerable<string> MethodFaults(IReadOnlyList<string>? methods)
    {
        if (methods is { Count: 0 or > MaxMethods })
        {
            yield return $"methods must have 1 to {MaxMethods} HTTP methods; leave it out for all of them";
        }

        foreach (var method in methods?.Take(MaxMethods) ?? [])
        {
            if (method.Length is 0 or > MaxMethodLength || !method.All(char.IsAsciiLetter))
            {
                yield return $"methods: '{method}' is no HTTP method";
            }
            else if (HttpMethods.IsConnect(method) || HttpMethods.IsTrace(method))
            {
                yield return $"methods: {method} is not passed on to nodes";
            }
        }
    }

    /// <summary>A constraint that nobody can make would keep the gateway from matching any path at all.</summary>
    private IEnumerable<string> ConstraintFaults(RoutePattern pattern)
    {
        foreach (var parameter in pattern.Parameters)
        {
            foreach (var constraint in parameter.ParameterPolicies.Select(policy => policy.Content).OfType<string>())
            {
                if (constraint.StartsWith("regex(", StringComparison.OrdinalIgnoreCase))
                {
                    yield return $"path: the constraint '{constraint}' is not passed on; check the value in the node's own handler";
                    continue;
                }

                string? fault = null;
                try
                {
                    policies.Create(parameter, constraint);
                }
                catch (Exception error)
                {
                    // Constraints throw what they like at arguments that do not suit them.
                    fault = error.Message;
                }

                if (fault is not null)
                {
                    yield return $"path: the constraint '{constraint}' of '{parameter.Name}' cannot be used: {fault}";
                }
            }
        }
    }
}
