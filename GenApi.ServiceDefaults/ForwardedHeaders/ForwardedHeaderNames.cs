using Microsoft.AspNetCore.HttpOverrides;
using Flags = Microsoft.AspNetCore.HttpOverrides.ForwardedHeaders;

namespace GenApi.ServiceDefaults.ForwardedHeaders;

/// <summary>The header names that configuration may give.</summary>
internal static class ForwardedHeaderNames
{
    private const Flags Default = Flags.XForwardedFor | Flags.XForwardedProto;

    /// <summary>All header names, for messages.</summary>
    public static string All { get; } = string.Join(
        ", ",
        ForwardedHeadersDefaults.XForwardedForHeaderName,
        ForwardedHeadersDefaults.XForwardedProtoHeaderName,
        ForwardedHeadersDefaults.XForwardedHostHeaderName,
        ForwardedHeadersDefaults.XForwardedPrefixHeaderName);

    /// <summary>The flag of a header name, whatever its case; None for any other name.</summary>
    public static Flags Find(string name) => name.Trim() switch
    {
        var n when Is(n, ForwardedHeadersDefaults.XForwardedForHeaderName) => Flags.XForwardedFor,
        var n when Is(n, ForwardedHeadersDefaults.XForwardedProtoHeaderName) => Flags.XForwardedProto,
        var n when Is(n, ForwardedHeadersDefaults.XForwardedHostHeaderName) => Flags.XForwardedHost,
        var n when Is(n, ForwardedHeadersDefaults.XForwardedPrefixHeaderName) => Flags.XForwardedPrefix,
        _ => Flags.None,
    };

    public static Flags Parse(IEnumerable<string> names)
    {
        var headers = names.Aggregate(Flags.None, static (all, name) => all | Find(name));
        return headers == Flags.None ? Default : headers;
    }

    private static bool Is(string name, string header) => name.Equals(header, StringComparison.OrdinalIgnoreCase);
}
