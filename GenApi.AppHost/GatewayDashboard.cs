using System.Net.Http.Headers;

namespace GenApi.AppHost;

/// <summary>
/// What the Aspire dashboard offers for the gateway: links, and commands with the admin token. Where there is no dashboard, the
/// <c>genapi</c> tool does the same: <c>genapi health</c>, <c>genapi failed cleanup</c>, <c>genapi failed clear</c>,
/// <c>genapi limits reset --all</c>, <c>genapi reconcile</c>.
/// </summary>
internal static class GatewayDashboard
{
    /// <param name="gateway">The gateway.</param>
    /// <param name="adminToken">Its admin token.</param>
    public static IResourceBuilder<ProjectResource> WithDashboard(
        this IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ParameterResource> adminToken)
    {
        return gateway
            .WithUrlForEndpoint("http", _ => new() { Url = "/console/", DisplayText = "Console" })
            .WithUrlForEndpoint("http", _ => new() { Url = "/openapi/v1.json", DisplayText = "OpenAPI" })
            .WithUrlForEndpoint("http", _ => new() { Url = "/api/examples", DisplayText = "Example requests" })
            .WithHttpCommand("/admin/health", "Check health", commandName: "health", commandOptions: Command(HttpMethod.Get, "HeartPulse", "Asks the gateway how well it is.", highlighted: true))
            .WithHttpCommand("/admin/reconcile", "Reconcile", commandName: "reconcile", commandOptions: Command(HttpMethod.Post, "ArrowSync", "Has all gateways compare configs, nodes and limits with what is stored, now."))
            .WithHttpCommand("/admin/failed-configs/cleanup", "Clean up failed configs", commandName: "cleanup-failed", commandOptions: Command(HttpMethod.Post, "Broom", "Removes refused configs that are older than 24 hours."))
            .WithHttpCommand("/admin/failed-configs", "Clear failed configs", commandName: "clear-failed", commandOptions: Command(HttpMethod.Delete, "Delete", "Removes all refused configs.", "Remove all failed configs, with the reasons why they were refused?"))
            .WithHttpCommand("/admin/rate-limits/reset-all", "Reset rate limits", commandName: "reset-limits", commandOptions: Command(HttpMethod.Post, "ArrowReset", "Forgets all calls that were counted under rate limits, on all gateways.", "Forget all calls that were counted, so that every caller starts afresh? The limits themselves stay."));

        HttpCommandOptions Command(HttpMethod method, string icon, string description, string? question = null, bool highlighted = false) => new()
        {
            Method = method,
            IconName = icon,
            IsHighlighted = highlighted,
            Description = description,
            ConfirmationMessage = question,
            ResultMode = HttpCommandResultMode.Auto,
            PrepareRequest = async context =>
                context.Request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await adminToken.Resource.GetValueAsync(context.CancellationToken)),
        };
    }
}
