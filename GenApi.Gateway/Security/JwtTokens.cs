#if USE_ASPIRE
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace GenApi.Gateway.Security;

/// <summary>
/// Takes tokens of an identity provider beside the gateway's own, where <c>Authentication:Schemes:Bearer</c> is configured. The
/// package for it is not on every feed, so a build without Aspire does without.
/// </summary>
internal static class JwtTokens
{
    private const string Either = "GenApi";

    public static void AddJwtTokens(this AuthenticationBuilder authentication, IConfiguration configuration)
    {
        if (!configuration.GetSection($"Authentication:Schemes:{JwtBearerDefaults.AuthenticationScheme}").Exists())
        {
            return;
        }

        authentication
            .AddJwtBearer(options => options.Events = new JwtBearerEvents
            {
                OnMessageReceived = context =>
                {
                    context.Token = TokenOf(context.Request);
                    return Task.CompletedTask;
                },
            })
            .AddPolicyScheme(Either, null, options => options.ForwardDefaultSelector = http =>
                IsJwt(TokenOf(http.Request)) ? JwtBearerDefaults.AuthenticationScheme : BearerTokenDefaults.AuthenticationScheme);
        authentication.Services.Configure<AuthenticationOptions>(options => options.DefaultScheme = Either);
    }

    /// <summary>Header, payload and signature; the gateway's own tokens have no dot.</summary>
    private static bool IsJwt(string? token) => token?.AsSpan().Count('.') == 2;

    private static string? TokenOf(HttpRequest request)
    {
        const string prefix = "Bearer ";
        string? header = request.Headers.Authorization;
        return header?.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) == true ? header[prefix.Length..].Trim()
            : QueryToken.Of(request);
    }
}
#endif
