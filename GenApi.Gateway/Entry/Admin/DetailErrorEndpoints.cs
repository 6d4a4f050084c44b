using System.Text.Json.Serialization;
using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Security;

namespace GenApi.Gateway.Entry.Admin;

/// <summary>The admin API's switch for details of errors.</summary>
internal static class DetailErrorEndpoints
{
    private const int MaxBytes = 1024;

    public static void MapDetailError(this RouteGroupBuilder admin)
    {
        admin.MapGet("/detail-error", (IGatewayDiagnostics diagnostics) => Answer(diagnostics)).RequireAdmin();
        admin.MapPut("/detail-error", SetAsync).RequireAdmin(AdminAction.ChangeDetailError);
    }

    private static IResult Answer(IGatewayDiagnostics diagnostics) =>
        Results.Json(new DetailErrorState(diagnostics.DetailError), DetailErrorJson.Default.DetailErrorState);

    private static async Task<IResult> SetAsync(HttpContext http, IGatewayDiagnostics diagnostics)
    {
        var (wanted, fault) = await JsonBody.ReadAsync(http, DetailErrorJson.Default.DetailErrorState, MaxBytes).ConfigureAwait(false);
        if (wanted is null)
        {
            return fault!;
        }

        if (wanted.Enabled is not { } enabled)
        {
            return Problem.Invalid("enabled is missing; it must be true or false.");
        }

        await diagnostics.ChangeDetailErrorAsync(enabled, http.RequestAborted).ConfigureAwait(false);
        return Answer(diagnostics);
    }
}

/// <param name="Enabled">Whether callers see what functions say when they fail.</param>
internal sealed record DetailErrorState(bool? Enabled);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DetailErrorState))]
internal sealed partial class DetailErrorJson : JsonSerializerContext;
