using System.Globalization;
using GenApi.Gateway.Security;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Entry;

/// <summary>What the caller of <c>POST /admin/tokens</c> asks for.</summary>
/// <param name="UserId">The user the token speaks for, 1 to 256 characters.</param>
/// <param name="Roles">The user's roles, at most 64 of at most 128 characters.</param>
/// <param name="DeviceId">The device the token is bound to; null: none.</param>
/// <param name="ExpiresIn">Seconds until the token expires, 1 to 31536000; null: the gateway's setting.</param>
internal sealed record TokenRequest(string? UserId, IReadOnlyList<string>? Roles, string? DeviceId, long? ExpiresIn);

/// <summary>A client token.</summary>
internal sealed record TokenAnswer(string AccessToken, string TokenType, long ExpiresIn);

/// <summary><c>POST /admin/tokens</c>: makes a client token.</summary>
internal static class TokenEndpoint
{
    private const int MaxNameLength = 256;
    private const int MaxRoles = 64;
    private const int MaxRoleLength = 128;

    private const int MaxBodyBytes = 64 * 1024;

    public static async Task<IResult> CreateAsync(HttpContext http, TokenIssuer issuer, IOptionsMonitor<GenApiGatewayOptions> options)
    {
        var (request, fault) = await JsonBody.ReadAsync(http, EntryJson.Default.TokenRequest, MaxBodyBytes).ConfigureAwait(false);
        return request is null ? fault! : Create(request, issuer, options.CurrentValue);
    }

    private static IResult Create(TokenRequest request, TokenIssuer issuer, GenApiGatewayOptions options)
    {
        if (request.UserId is not { Length: > 0 and <= MaxNameLength })
        {
            return Problem.Invalid($"user_id must be a string of 1 to {MaxNameLength} characters.");
        }

        var roles = request.Roles ?? [];
        if (roles.Count > MaxRoles || roles.Any(role => role is not { Length: > 0 and <= MaxRoleLength }))
        {
            return Problem.Invalid($"roles must be a list of at most {MaxRoles} strings of 1 to {MaxRoleLength} characters.");
        }

        if (request.DeviceId is { Length: 0 or > MaxNameLength })
        {
            return Problem.Invalid($"device_id must be a string of 1 to {MaxNameLength} characters, or be left out.");
        }

        var longest = (long)TimeSpan.FromDays(365).TotalSeconds;
        if (request.ExpiresIn < 1 || request.ExpiresIn > longest)
        {
            return Problem.Invalid(string.Create(CultureInfo.InvariantCulture, $"expires_in must be from 1 to {longest} seconds, or be left out."));
        }

        var lifetime = request.ExpiresIn is { } seconds ? TimeSpan.FromSeconds(seconds) : options.TokenLifetime;
        var token = issuer.Issue(request.UserId, roles, request.DeviceId, lifetime);
        return Results.Json(new TokenAnswer(token, "Bearer", (long)lifetime.TotalSeconds), EntryJson.Default.TokenAnswer);
    }
}
