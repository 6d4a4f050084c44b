using GenApi.Gateway.Configs;
using GenApi.Gateway.Configs.Failed;
using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Security;

namespace GenApi.Gateway.Entry.Admin;

/// <summary>The admin API's failed configs: list, summary, cleanup, clear.</summary>
internal static class FailedConfigEndpoints
{
    public static void MapFailedConfigs(this RouteGroupBuilder admin)
    {
        var failed = admin.MapGroup("/failed-configs");
        failed.MapGet("/", ListAsync).RequireAdmin();
        failed.MapGet("/summary", async (IGatewayDiagnostics diagnostics, CancellationToken cancellationToken) => Results.Json(
            await diagnostics.FailedConfigsSummaryAsync(cancellationToken).ConfigureAwait(false),
            FailedConfigJson.Default.FailedConfigSummary)).RequireAdmin();
        failed.MapPost("/cleanup", async (IGatewayDiagnostics diagnostics, CancellationToken cancellationToken) =>
            Removed(await diagnostics.CleanupFailedConfigsAsync(cancellationToken).ConfigureAwait(false))).RequireAdmin(AdminAction.ManageFailedConfigs);
        failed.MapDelete("/", async (IGatewayDiagnostics diagnostics, CancellationToken cancellationToken) =>
            Removed(await diagnostics.ClearFailedConfigsAsync(cancellationToken).ConfigureAwait(false))).RequireAdmin(AdminAction.ManageFailedConfigs);
    }

    private static async Task<IResult> ListAsync(
        IGatewayDiagnostics diagnostics,
        CancellationToken cancellationToken,
        string? source = null,
        string? service = null,
        string? limit = null,
        string? order = null)
    {
        if (source is not null && !ConfigSource.IsKnown(source))
        {
            return Problem.Invalid($"source must be '{ConfigSource.Push}', '{ConfigSource.Pull}' or '{ConfigSource.Local}', or be left out.");
        }

        var most = FailedConfigQuery.DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, out most) || most is < 1 or > FailedConfigQuery.MaxLimit))
        {
            return Problem.Invalid($"limit must be a number from 1 to {FailedConfigQuery.MaxLimit}, or be left out for {FailedConfigQuery.DefaultLimit}.");
        }

        if (order is not (null or FailedConfigQuery.NewestFirstName or FailedConfigQuery.OldestFirstName))
        {
            return Problem.Invalid($"order must be '{FailedConfigQuery.NewestFirstName}' or '{FailedConfigQuery.OldestFirstName}', or be left out for the first.");
        }

        var query = new FailedConfigQuery(source, service, most, order == FailedConfigQuery.OldestFirstName);
        return Results.Json(await diagnostics.FailedConfigsAsync(query, cancellationToken).ConfigureAwait(false), FailedConfigJson.Default.IReadOnlyListFailedConfig);
    }

    private static IResult Removed(long count) => Results.Json(new FailedConfigsRemoved(count), FailedConfigJson.Default.FailedConfigsRemoved);
}
