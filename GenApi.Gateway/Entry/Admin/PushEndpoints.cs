using GenApi.Gateway.Configs;
using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Security;
using GenApi.Protocol.Cluster;
using GenApi.Protocol.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Entry.Admin;

/// <summary>The admin API's pushes: push, verify, and what has been pushed.</summary>
internal static class PushEndpoints
{
    public static void MapPushes(this RouteGroupBuilder admin)
    {
        admin.MapGet("/pushed-services", async (IGatewayDiagnostics diagnostics, CancellationToken cancellationToken) => Results.Json(
            await diagnostics.PushedServicesStatusAsync(cancellationToken).ConfigureAwait(false),
            PushedServiceJson.Default.IReadOnlyListPushedService)).RequireAdmin();
        admin.MapGet("/verify", VerifyAsync).RequireAdmin();
        admin.MapPost("/push", PushAsync).RequireAdmin();
    }

    private static async Task<IResult> PushAsync(HttpContext http, IGatewayDiagnostics diagnostics, AdminGate gate, IOptionsMonitor<GenApiGatewayOptions> options, bool force = false)
    {
        var (push, fault) = await JsonBody.ReadAsync(http, ProtocolJson.Default.PushConfig, ClusterEndpoints.MaxPushBytes).ConfigureAwait(false);
        if (push is null)
        {
            return fault!;
        }

        // Where there is a cluster token, it allows a push as it does at /cluster/push. Without it, the action must.
        if (options.CurrentValue.ClusterToken is { } token && push.PushToken is not null)
        {
            if (!ClusterToken.Matches(push.PushToken, token))
            {
                return Problem.Result(StatusCodes.Status401Unauthorized, "unauthenticated", "push_token is not the cluster token. Correct it, or leave it out where GenApi:AdminActions allows push_config.");
            }
        }
        else if (gate.Refuse(http, AdminAction.PushConfig) is { } refusal)
        {
            return refusal;
        }

        var result = await diagnostics.PushConfigAsync(push, force, http.RequestAborted).ConfigureAwait(false);
        return Results.Json(
            result,
            ProtocolJson.Default.PushResult,
            statusCode: result.Status == PushResult.Error ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }

    private static async Task<IResult> VerifyAsync(
        IGatewayDiagnostics diagnostics,
        CancellationToken cancellationToken,
        string? service = null,
        [FromQuery(Name = "config_version")] string? configVersion = null) =>
        string.IsNullOrEmpty(service) || string.IsNullOrEmpty(configVersion)
            ? Problem.Invalid("Give service and config_version in the query.")
            : Results.Json(await diagnostics.VerifyConfigAsync(service, configVersion, cancellationToken).ConfigureAwait(false), ProtocolJson.Default.VerifyResult);
}
