using System.Globalization;
using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Diagnostics.Flows;
using GenApi.Gateway.Security;
using Microsoft.AspNetCore.Mvc;

namespace GenApi.Gateway.Entry.Admin;

/// <summary>The admin API's reports.</summary>
internal static class ReportEndpoints
{
    private const int MaxInspectBytes = 1024 * 1024;

    public static void MapReports(this RouteGroupBuilder admin)
    {
        admin.MapGet("/health", (HttpContext http, IGatewayDiagnostics diagnostics) => WithNumber(http, "max_memory_bytes", 1, long.MaxValue, maxMemoryBytes =>
            Results.Json(diagnostics.HealthCheck(maxMemoryBytes), DiagnosticsJson.Default.HealthReport))).RequireAdmin();
        admin.MapGet("/statistics", async (IGatewayDiagnostics diagnostics, CancellationToken cancellationToken) =>
            Results.Json(await diagnostics.StatisticsAsync(cancellationToken).ConfigureAwait(false), DiagnosticsJson.Default.GatewayStatistics)).RequireAdmin();
        admin.MapGet("/debug", DebugAsync).RequireAdmin();
        admin.MapGet("/flows", (HttpContext http, IGatewayDiagnostics diagnostics) => WithFlag(http, "include_disabled", includeDisabled =>
            Results.Json(diagnostics.ListCallFlows(includeDisabled), DiagnosticsJson.Default.IReadOnlyListCallFlowSummary))).RequireAdmin();
        admin.MapGet("/flows/{service}/{type}", async (string service, string type, string? version, [FromQuery(Name = "user_id")] string? userId, IGatewayDiagnostics diagnostics, CancellationToken cancellationToken) =>
            await diagnostics.CallFlowAsync(service, type, version is "" ? null : version, userId is "" ? null : userId, cancellationToken).ConfigureAwait(false) is { Config: not null } flow
                ? Results.Json(flow, DiagnosticsJson.Default.CallFlow)
                : Problem.Result(StatusCodes.Status404NotFound, "not_found", $"The gateway knows no function {service}/{type}{(version is { Length: > 0 } ? $" version {version}" : "")}.")).RequireAdmin();
        admin.MapPost("/inspect", InspectAsync).RequireAdmin();
        admin.MapGet("/cluster", async (IGatewayDiagnostics diagnostics, CancellationToken cancellationToken) =>
            Results.Json(await diagnostics.ClusterViewAsync(cancellationToken).ConfigureAwait(false), DiagnosticsJson.Default.ClusterView)).RequireAdmin();
        admin.MapGet("/cache", (IGatewayDiagnostics diagnostics) => Results.Json(diagnostics.CacheStatus(), DiagnosticsJson.Default.CacheStatus)).RequireAdmin();
        admin.MapGet("/pools", (IGatewayDiagnostics diagnostics) => Results.Json(diagnostics.PoolStatus(), DiagnosticsJson.Default.PoolStatus)).RequireAdmin();

        // It changes nothing that would not change by itself in a few seconds, so the admin token is enough.
        admin.MapPost("/reconcile", async (IGatewayDiagnostics diagnostics, CancellationToken cancellationToken) =>
            Results.Json(await diagnostics.ReconcileAsync(cancellationToken).ConfigureAwait(false), DiagnosticsJson.Default.Reconciled)).RequireAdmin();
    }

    private static async Task<IResult> InspectAsync(HttpContext http, IGatewayDiagnostics diagnostics)
    {
        var (request, fault) = await JsonBody.ReadAsync(http, DiagnosticsJson.Default.InspectRequest, MaxInspectBytes).ConfigureAwait(false);
        if (request is null)
        {
            return fault!;
        }

        RequestPlan plan;
        try
        {
            plan = await diagnostics.InspectRequestAsync(request, http.RequestAborted).ConfigureAwait(false);
        }
        catch (ArgumentException error)
        {
            return Problem.Invalid(error.Message);
        }

        return Results.Json(plan, DiagnosticsJson.Default.RequestPlan);
    }

    private static async Task<IResult> DebugAsync(HttpContext http, IGatewayDiagnostics diagnostics)
    {
        if (ReadNumber(http, "process_limit", 1, GatewayDiagnostics.MaxDebugEntries, out var limit) is { } noNumber)
        {
            return noNumber;
        }

        if (ReadFlag(http, "include_current_stacktrace", out var stacks) is { } noFlag)
        {
            return noFlag;
        }

        var report = limit is { } most
            ? diagnostics.DebugReportAsync((int)most, stacks, http.RequestAborted)
            : diagnostics.DebugReportAsync(includeCurrentStacktrace: stacks, cancellationToken: http.RequestAborted);
        return Results.Json(await report.ConfigureAwait(false), DiagnosticsJson.Default.DebugReport);
    }

    private static IResult WithNumber(HttpContext http, string name, long least, long most, Func<long?, IResult> answer) =>
        ReadNumber(http, name, least, most, out var number) ?? answer(number);

    private static IResult WithFlag(HttpContext http, string name, Func<bool, IResult> answer) => ReadFlag(http, name, out var flag) ?? answer(flag);

    /// <summary>A number of the query, null where it is left out.</summary>
    /// <returns>The answer that refuses it; null: it is fine.</returns>
    private static IResult? ReadNumber(HttpContext http, string name, long least, long most, out long? number)
    {
        number = null;
        if ((string?)http.Request.Query[name] is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var read) && read >= least && read <= most)
        {
            number = read;
            return null;
        }

        return Problem.Invalid(string.Create(CultureInfo.InvariantCulture, $"{name} must be a whole number from {least} to {most}."));
    }

    /// <summary>A flag of the query, false where it is left out.</summary>
    /// <returns>The answer that refuses it; null: it is fine.</returns>
    private static IResult? ReadFlag(HttpContext http, string name, out bool flag)
    {
        var text = (string?)http.Request.Query[name];
        flag = text is "true" or "";
        return flag || text is null or "false" ? null : Problem.Invalid($"{name} must be true or false.");
    }
}
