using System.Text.Json;

namespace GenApi.Cli.Connection;

/// <summary>Client tokens from the admin API.</summary>
internal static class Tokens
{
    /// <summary>Has the gateway make a token.</summary>
    /// <returns>The whole answer, and the token in it.</returns>
    /// <exception cref="CliException">The gateway made none.</exception>
    public static async Task<(JsonElement Answer, string Token)> MintTokenAsync(this GatewayClient gateway, TokenRequest request, CancellationToken cancellationToken)
    {
        var answer = await gateway.AdminPostAsync("tokens", request, ConnectionJson.Default.TokenRequest, cancellationToken);
        return answer.ValueKind == JsonValueKind.Object
            && answer.TryGetProperty("access_token", out var token)
            && token.ValueKind == JsonValueKind.String
            ? (answer, BearerToken.Check(token.GetString()!, "the gateway"))
            : throw new CliException($"{GatewayFault.Show(gateway.Url)} (from {gateway.UrlSource}) answered without an access_token; check the URL.");
    }
}
