namespace GenApi.Gateway.Entry.Routes;

/// <summary>What the paths of plain HTTP routes have to do with one another, on the gateway and on the node.</summary>
internal static class RoutePath
{
    /// <summary>Where the routes of all services stand on the gateway.</summary>
    public const string Prefix = "/svc";

    /// <summary>What every node has for its gateways and for probes. Never reached through a route, whatever a node declares.</summary>
    private static readonly string[] Reserved = ["/genapi", "/health", "/alive"];

    /// <summary>The pattern on the gateway.</summary>
    public static string OnGateway(string service, string path) => $"{Prefix}/{service}{path}";

    /// <summary>The path on the node.</summary>
    public static PathString OnNode(string service, PathString path)
    {
        var rest = path.Value![(Prefix.Length + 1 + service.Length)..];

        // Not by the conversion from string: that decodes, and the server has done so already.
        return new PathString(rest.Length == 0 ? "/" : rest);
    }

    /// <summary>Whether a path belongs to the node itself.</summary>
    public static bool IsReserved(PathString path) => Array.Exists(Reserved, reserved => path.StartsWithSegments(reserved, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// What is wrong with a path as the client wrote it; null: nothing. An encoded slash or an empty segment can mean one thing
    /// to the gateway, which decides who may go where, and another to the node.
    /// </summary>
    public static string? FaultOf(string rawTarget)
    {
        var end = rawTarget.IndexOf('?', StringComparison.Ordinal);
        var path = end < 0 ? rawTarget.AsSpan() : rawTarget.AsSpan(0, end);
        return path.Contains("%2f", StringComparison.OrdinalIgnoreCase) || path.Contains("%5c", StringComparison.OrdinalIgnoreCase) || path.Contains('\\')
            ? "The path has an encoded slash or a backslash; put such a value into the query."
            : path.Contains("//", StringComparison.Ordinal) ? "The path has an empty segment ('//')."
            : null;
    }
}
