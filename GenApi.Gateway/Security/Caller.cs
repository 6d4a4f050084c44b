using System.Security.Claims;

namespace GenApi.Gateway.Security;

/// <summary>Who calls: what the gateway has verified of them.</summary>
/// <param name="UserId">The verified user; null: there is none.</param>
/// <param name="Roles">The verified user's roles.</param>
/// <param name="DeviceId">The device that the token is bound to; null: it is bound to none.</param>
/// <param name="IpAddress">The address the connection comes from, after forwarded headers where they are trusted; null: unknown.</param>
/// <param name="Principal">The user as ASP.NET Core knows them.</param>
internal sealed record Caller(string? UserId, IReadOnlyList<string> Roles, string? DeviceId, string? IpAddress, ClaimsPrincipal Principal)
{
    /// <summary>The claim that binds a token to a device.</summary>
    public const string DeviceClaim = "device_id";

    public static Caller Of(ClaimsPrincipal principal, string? ipAddress) => principal.Identity is { IsAuthenticated: true }
        ? new Caller(
            principal.FindFirstValue(ClaimTypes.NameIdentifier) is { Length: > 0 } userId ? userId : null,
            [.. principal.FindAll(ClaimTypes.Role).Select(claim => claim.Value)],
            principal.FindFirstValue(DeviceClaim),
            ipAddress,
            principal)
        : new Caller(null, [], null, ipAddress, principal);
}
