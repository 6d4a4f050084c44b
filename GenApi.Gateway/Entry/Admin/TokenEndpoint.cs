using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Security;

namespace GenApi.Gateway.Entry.Admin;

/// <summary><c>POST /admin/tokens</c>: makes a client token.</summary>
internal static class TokenEndpoint
{
    private const int MaxBodyBytes = 64 * 1024;

    public static void MapTokens(this RouteGroupBuilder admin) => admin.MapPost("/tokens", CreateAsync).RequireAdmin(AdminAction.CreateToken);

    private static async Task<IResult> CreateAsync(HttpContext http, IGatewayDiagnostics diagnostics)
    {
        var (request, fault) = await JsonBody.ReadAsync(http, EntryJson.Default.TokenRequest, MaxBodyBytes).ConfigureAwait(false);
        if (request is null)
        {
            return fault!;
        }

        try
        {
            return Results.Json(diagnostics.CreateToken(request), EntryJson.Default.ClientToken);
        }
        catch (ArgumentException error)
        {
            return Problem.Invalid(error.Message);
        }
    }
}
