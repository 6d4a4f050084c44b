namespace GenApi.Gateway.Security;

/// <summary>The changes that the admin API can make; each is refused unless <c>GenApi:AdminActions</c> names it.</summary>
internal static class AdminAction
{
    public const string PushConfig = "push_config";
    public const string UpdateRateLimitConfig = "update_rate_limit_config";
    public const string ChangeDetailError = "change_detail_error";
    public const string EnableTracing = "enable_tracing";
    public const string DisableTracing = "disable_tracing";
    public const string ManageFunctions = "manage_functions";
    public const string ManageFailedConfigs = "manage_failed_configs";
    public const string ResetRateLimit = "reset_rate_limit";
    public const string CreateToken = "create_token";

    /// <summary>Stands for all actions in the setting.</summary>
    public const string Every = "*";

    public static IReadOnlyList<string> All { get; } =
    [
        PushConfig, UpdateRateLimitConfig, ChangeDetailError, EnableTracing, DisableTracing, ManageFunctions, ManageFailedConfigs,
        ResetRateLimit, CreateToken,
    ];

    public static bool IsKnown(string action) => action == Every || All.Contains(action);
}
