using System.Security.Claims;
using GenApi.Gateway.Calls;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.RateLimits;

/// <summary>Whose call is counted: everything that the key of a limit may be read from.</summary>
/// <param name="UserId">The user the call is made for; null: there is none.</param>
/// <param name="DeviceId">The device; null: unknown.</param>
/// <param name="IpAddress">The address that the call comes from; null: unknown.</param>
/// <param name="Principal">The caller, for keys that are claims; null: there are no claims.</param>
/// <param name="Args">The arguments, one JSON object, for keys that are arguments; empty: there are none.</param>
internal readonly record struct RateLimitSubject(string? UserId, string? DeviceId, string? IpAddress, ClaimsPrincipal? Principal, RawJson Args)
{
    public static RateLimitSubject Of(Call call) => new(call.UserId, call.DeviceId, call.Caller.IpAddress, call.Caller.Principal, call.Args);
}
