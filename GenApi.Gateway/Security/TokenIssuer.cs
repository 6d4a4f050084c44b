using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Security;

/// <summary>Makes the tokens by which clients prove who they are (the counterpart of Phoenix.Token).</summary>
internal sealed class TokenIssuer(IOptionsMonitor<BearerTokenOptions> bearer, TimeProvider time)
{
    public string Issue(string userId, IReadOnlyList<string> roles, string? deviceId, TimeSpan lifetime)
    {
        var identity = new ClaimsIdentity(BearerTokenDefaults.AuthenticationScheme, ClaimTypes.NameIdentifier, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, userId));
        identity.AddClaims(roles.Select(role => new Claim(ClaimTypes.Role, role)));
        if (deviceId is not null)
        {
            identity.AddClaim(new Claim(Caller.DeviceClaim, deviceId));
        }

        var ticket = new AuthenticationTicket(
            new ClaimsPrincipal(identity),
            new AuthenticationProperties { ExpiresUtc = time.GetUtcNow() + lifetime },
            $"{BearerTokenDefaults.AuthenticationScheme}:AccessToken");
        return bearer.Get(BearerTokenDefaults.AuthenticationScheme).BearerTokenProtector.Protect(ticket);
    }
}
