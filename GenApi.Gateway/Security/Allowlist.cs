using System.IO.Enumeration;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Security;

/// <summary>What nodes may register. An empty list allows everything.</summary>
internal sealed class Allowlist(IOptionsMonitor<GenApiGatewayOptions> options)
{
    /// <summary>Why a function may not be pushed, or null.</summary>
    public string? RefuseFunction(string service, string requestType)
    {
        var patterns = options.CurrentValue.Allowlist.Functions;
        return patterns.Count == 0 || patterns.Any(pattern => Matches(pattern, service, requestType))
            ? null
            : $"{service}/{requestType} is not allowed by GenApi:Allowlist:Functions of the gateway";
    }

    /// <summary>Why a node may not register, or null.</summary>
    public string? RefuseNode(string address)
    {
        var patterns = options.CurrentValue.Allowlist.Nodes;
        return patterns.Count == 0 || patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, address))
            ? null
            : $"the node address {address} is not allowed by GenApi:Allowlist:Nodes of the gateway";
    }

    private static bool Matches(string pattern, string service, string requestType)
    {
        var slash = pattern.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? FileSystemName.MatchesSimpleExpression(pattern, service, ignoreCase: false)
            : FileSystemName.MatchesSimpleExpression(pattern.AsSpan(0, slash), service, ignoreCase: false)
                && FileSystemName.MatchesSimpleExpression(pattern.AsSpan(slash + 1), requestType, ignoreCase: false);
    }
}
