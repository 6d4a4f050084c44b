using System.Text.Json.Serialization.Metadata;
using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Security;
using Microsoft.AspNetCore.Mvc;

namespace GenApi.Gateway.Entry.Admin;

/// <summary>The admin API's rate limits.</summary>
internal static class RateLimitEndpoints
{
    private const int MaxBodyBytes = 4 * 1024 * 1024;

    public static void MapRateLimits(this RouteGroupBuilder admin)
    {
        var limits = admin.MapGroup("/rate-limits");
        limits.MapGet("/", (IGatewayDiagnostics diagnostics) => Config(diagnostics)).RequireAdmin();
        limits.MapPut("/", (HttpContext http, IGatewayDiagnostics diagnostics) => ChangeAsync(http, RateLimitJson.Default.RateLimitChanges, async changes =>
        {
            await diagnostics.UpdateRateLimitConfigAsync(changes, http.RequestAborted).ConfigureAwait(false);
            return Config(diagnostics);
        })).RequireAdmin(AdminAction.UpdateRateLimitConfig);

        limits.MapGet("/global", (IGatewayDiagnostics diagnostics) => Global(diagnostics)).RequireAdmin();
        limits.MapPut("/global", (HttpContext http, IGatewayDiagnostics diagnostics) => ChangeAsync(http, RateLimitJson.Default.IReadOnlyListRateLimit, async all =>
        {
            await diagnostics.SetGlobalLimitsAsync(all, http.RequestAborted).ConfigureAwait(false);
            return Global(diagnostics);
        })).RequireAdmin(AdminAction.UpdateRateLimitConfig);
        limits.MapPost("/global", (HttpContext http, IGatewayDiagnostics diagnostics) => ChangeAsync(http, RateLimitJson.Default.RateLimit, async limit =>
        {
            await diagnostics.AddGlobalLimitAsync(limit, http.RequestAborted).ConfigureAwait(false);
            return Global(diagnostics);
        })).RequireAdmin(AdminAction.UpdateRateLimitConfig);
        limits.MapDelete("/global/{key}", (string key, HttpContext http, IGatewayDiagnostics diagnostics) => GuardAsync(async () =>
        {
            await diagnostics.RemoveGlobalLimitAsync(key, http.RequestAborted).ConfigureAwait(false);
            return Global(diagnostics);
        })).RequireAdmin(AdminAction.UpdateRateLimitConfig);

        limits.MapGet("/status", (
            [FromQuery(Name = "key_value")] string? value,
            string? scope,
            [FromQuery(Name = "rate_limit_key")] string? key,
            HttpContext http,
            IGatewayDiagnostics diagnostics) => GuardAsync(async () => string.IsNullOrEmpty(value)
                ? Problem.Invalid("key_value is missing: the value whose limits are asked for, such as a user id.")
                : Results.Json(
                    await diagnostics.GetRateLimitStatusAsync(value, NullIfEmpty(scope), NullIfEmpty(key) ?? RateLimit.UserIdKey, http.RequestAborted).ConfigureAwait(false),
                    RateLimitJson.Default.IReadOnlyListRateLimitStatus))).RequireAdmin();
        limits.MapPost("/reset", (HttpContext http, IGatewayDiagnostics diagnostics) => ChangeAsync(http, RateLimitJson.Default.RateLimitResetRequest, async reset =>
        {
            if (string.IsNullOrEmpty(reset.KeyValue))
            {
                return Problem.Invalid("key_value is missing: the value whose counters are reset, such as a user id.");
            }

            var key = NullIfEmpty(reset.RateLimitKey) ?? RateLimit.UserIdKey;
            await diagnostics.ResetRateLimitAsync(reset.KeyValue, NullIfEmpty(reset.Scope), key, http.RequestAborted).ConfigureAwait(false);
            return Results.Json(
                await diagnostics.GetRateLimitStatusAsync(reset.KeyValue, NullIfEmpty(reset.Scope), key, http.RequestAborted).ConfigureAwait(false),
                RateLimitJson.Default.IReadOnlyListRateLimitStatus);
        })).RequireAdmin(AdminAction.ResetRateLimit);
        limits.MapPost("/reset-all", (HttpContext http, IGatewayDiagnostics diagnostics) => GuardAsync(async () => Results.Json(
            new RateLimitsReset(await diagnostics.ResetAllRateLimitsAsync(http.RequestAborted).ConfigureAwait(false)),
            RateLimitJson.Default.RateLimitsReset))).RequireAdmin(AdminAction.ResetRateLimit);
        limits.MapPost("/check", (HttpContext http, IGatewayDiagnostics diagnostics) => ChangeAsync(http, RateLimitJson.Default.RateLimitRequest, async request =>
            string.IsNullOrEmpty(request.Service)
                ? Problem.Invalid("service is missing: the service of the call to check.")
                : Results.Json(await diagnostics.CheckRateLimitAsync(request, http.RequestAborted).ConfigureAwait(false), RateLimitJson.Default.RateLimitCheck))).RequireAdmin();
    }

    private static IResult Config(IGatewayDiagnostics diagnostics) => Results.Json(diagnostics.GetRateLimitConfig(), RateLimitJson.Default.RateLimitConfig);

    private static IResult Global(IGatewayDiagnostics diagnostics) => Results.Json(diagnostics.GetGlobalLimits(), RateLimitJson.Default.IReadOnlyListRateLimit);

    private static string? NullIfEmpty(string? text) => text is { Length: > 0 } ? text : null;

    private static async Task<IResult> ChangeAsync<T>(HttpContext http, JsonTypeInfo<T> type, Func<T, Task<IResult>> change)
        where T : class
    {
        var (value, fault) = await JsonBody.ReadAsync(http, type, MaxBodyBytes).ConfigureAwait(false);
        return value is null ? fault! : await GuardAsync(() => change(value)).ConfigureAwait(false);
    }

    private static async Task<IResult> GuardAsync(Func<Task<IResult>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (ArgumentException error)
        {
            return Problem.Invalid(error.Message);
        }
        catch (InvalidOperationException error)
        {
            return Problem.Result(StatusCodes.Status503ServiceUnavailable, "unavailable", error.Message);
        }
    }
}
