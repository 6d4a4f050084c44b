using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Security;

/// <summary>Makes the tokens by which clients prove who they are (the counterpart of Phoenix.Token).</summary>
internal sealed class TokenIssuer(IOptionsMonitor<BearerTokenOptions> bearer, IOptionsMonitor<GenApiGatewayOptions> options, TimeProvider time)
{
    private const int MaxNameLength = 256;
    private const int MaxRoles = 64;
    private const int MaxRoleLength = 128;

    private static readonly long MaxSeconds = (long)TimeSpan.FromDays(365).TotalSeconds;

    /// <exception cref="ArgumentException">A member is wrong; the message names it and its range.</exception>
    public ClientToken Issue(TokenRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (FaultOf(request) is { } fault)
        {
            throw new ArgumentException(fault);
        }

        var lifetime = request.ExpiresIn is { } seconds ? TimeSpan.FromSeconds(seconds) : options.CurrentValue.TokenLifetime;
        var ticket = new AuthenticationTicket(
            new ClaimsPrincipal(IdentityOf(request)),
            new AuthenticationProperties { ExpiresUtc = time.GetUtcNow() + lifetime },
            $"{BearerTokenDefaults.AuthenticationScheme}:AccessToken");
        var token = bearer.Get(BearerTokenDefaults.AuthenticationScheme).BearerTokenProtector.Protect(ticket);
        return new ClientToken(token, "Bearer", (long)lifetime.TotalSeconds);
    }

    private static ClaimsIdentity IdentityOf(TokenRequest request)
    {
        var identity = new ClaimsIdentity(BearerTokenDefaults.AuthenticationScheme, ClaimTypes.NameIdentifier, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, request.UserId!));
        identity.AddClaims((request.Roles ?? []).Select(role => new Claim(ClaimTypes.Role, role)));
        if (request.DeviceId is not null)
        {
            identity.AddClaim(new Claim(Caller.DeviceClaim, request.DeviceId));
        }

        return identity;
    }

    private static string? FaultOf(TokenRequest request) => request switch
    {
        { UserId: not { Length: > 0 and <= MaxNameLength } } => $"user_id must be a string of 1 to {MaxNameLength} characters.",
        { Roles: { } roles } when roles.Count > MaxRoles || roles.Any(role => role is not { Length: > 0 and <= MaxRoleLength }) =>
            $"roles must be a list of at most {MaxRoles} strings of 1 to {MaxRoleLength} characters.",
        { DeviceId: { Length: 0 or > MaxNameLength } } => $"device_id must be a string of 1 to {MaxNameLength} characters, or be left out.",
        { ExpiresIn: { } seconds } when seconds < 1 || seconds > MaxSeconds =>
            string.Create(CultureInfo.InvariantCulture, $"expires_in must be from 1 to {MaxSeconds} seconds, or be left out."),
        _ => null,
    };
}
