using GenApi.Protocol.Cluster;
using Microsoft.AspNetCore.Http;

namespace GenApi.Node.Routes;

/// <summary>
/// Who makes a plain HTTP request, as the gateway says by headers. Clients of the gateway cannot forge it. Whoever reaches the
/// node without a gateway can, so let nobody.
/// </summary>
/// <param name="UserId">The verified user; null where the caller is none and the gateway lets such callers in.</param>
/// <param name="DeviceId">The device that the user's token is bound to; null where it is bound to none.</param>
/// <param name="Roles">The user's roles.</param>
public sealed record GatewayCaller(string? UserId, string? DeviceId, IReadOnlyList<string> Roles)
{
    /// <summary>The caller of a request. Also a parameter of this type in a minimal API handler is bound by it.</summary>
    public static ValueTask<GatewayCaller> BindAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(Of(context));
    }

    /// <summary>The caller of a request.</summary>
    public static GatewayCaller Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new GatewayCaller(
            One(GatewayHeaders.UserId),
            One(GatewayHeaders.DeviceId),
            [.. (context.Request.Headers[GatewayHeaders.Roles].FirstOrDefault() ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(GatewayHeaders.Decode)]);

        string? One(string name) => context.Request.Headers[name].FirstOrDefault() is { Length: > 0 } value ? GatewayHeaders.Decode(value) : null;
    }
}
