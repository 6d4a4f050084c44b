using GenApi.Gateway.Configs;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.Storage;
using GenApi.Protocol.Cluster;
using GenApi.Protocol.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Entry;

/// <summary>What nodes say to a gateway: push, lease, deregister, verify. All behind the cluster token.</summary>
internal static class ClusterEndpoints
{
    /// <summary>The largest push, in bytes: thousands of functions.</summary>
    public const int MaxPushBytes = 16 * 1024 * 1024;

    /// <summary>The largest push whose token stands in its body.</summary>
    private const int MaxUnprovenPushBytes = 256 * 1024;

    private const int MaxLeaseBytes = 16 * 1024;

    public static void MapCluster(this IEndpointRouteBuilder endpoints)
    {
        var cluster = endpoints.MapGroup("/cluster").AllowAnonymous().ExcludeFromDescription().AddEndpointFilter<StorageOutageFilter>();
        cluster.MapPost("/push", PushAsync);
        cluster.MapPost("/lease", LeaseAsync);
        cluster.MapPost("/deregister", DeregisterAsync);
        cluster.MapGet("/verify", VerifyAsync);
    }

    private static async Task<IResult> PushAsync(HttpContext http, ConfigReceiver receiver, IOptionsMonitor<GenApiGatewayOptions> options, bool force = false)
    {
        // Without the header the token may stand in the body, of which little is read before it is believed.
        var settings = options.CurrentValue;
        var byHeader = RefuseToken(http, settings, null);
        if (byHeader is not null && (settings.ClusterToken is null || http.Request.Headers.Authorization.Count > 0))
        {
            return byHeader;
        }

        var (push, fault) = await JsonBody.ReadAsync(http, ProtocolJson.Default.PushConfig, byHeader is null ? MaxPushBytes : MaxUnprovenPushBytes).ConfigureAwait(false);
        if (byHeader is not null && RefuseToken(http, settings, push?.PushToken) is { } refusal)
        {
            return refusal;
        }

        if (push is null)
        {
            return fault!;
        }

        var result = await receiver.PushAsync(push, force, http.RequestAborted).ConfigureAwait(false);
        return Results.Json(
            result,
            ProtocolJson.Default.PushResult,
            statusCode: result.Status == PushResult.Error ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }

    private static async Task<IResult> LeaseAsync(HttpContext http, NodeDirectory directory, IOptionsMonitor<GenApiGatewayOptions> options)
    {
        if (RefuseToken(http, options.CurrentValue, null) is { } refusal)
        {
            return refusal;
        }

        var (lease, fault) = await ReadLeaseAsync(http).ConfigureAwait(false);
        return lease is null
            ? fault!
            : Answer(await directory.RenewAsync(lease.Service, lease.Node, lease.ConfigVersion, http.RequestAborted).ConfigureAwait(false));
    }

    private static async Task<IResult> DeregisterAsync(HttpContext http, NodeDirectory directory, IOptionsMonitor<GenApiGatewayOptions> options)
    {
        if (RefuseToken(http, options.CurrentValue, null) is { } refusal)
        {
            return refusal;
        }

        var (lease, fault) = await ReadLeaseAsync(http).ConfigureAwait(false);
        if (lease is null)
        {
            return fault!;
        }

        await directory.DeregisterAsync(lease.Service, lease.Node, http.RequestAborted).ConfigureAwait(false);
        return Answer(known: true);
    }

    private static async Task<IResult> VerifyAsync(
        HttpContext http,
        ConfigReceiver receiver,
        IOptionsMonitor<GenApiGatewayOptions> options,
        string? service = null,
        [FromQuery(Name = "config_version")] string? configVersion = null)
    {
        if (RefuseToken(http, options.CurrentValue, null) is { } refusal)
        {
            return refusal;
        }

        return string.IsNullOrEmpty(service) || string.IsNullOrEmpty(configVersion)
            ? Problem.Invalid("Give service and config_version in the query.")
            : Results.Json(await receiver.VerifyAsync(service, configVersion, http.RequestAborted).ConfigureAwait(false), ProtocolJson.Default.VerifyResult);
    }

    private static IResult Answer(bool known) =>
        Results.Json(new LeaseResult(known ? LeaseResult.Ok : LeaseResult.Unknown), ProtocolJson.Default.LeaseResult);

    private static IResult? RefuseToken(HttpContext http, GenApiGatewayOptions options, string? pushToken)
    {
        if (ClusterToken.MatchesBearer(http.Request.Headers.Authorization, options.ClusterToken)
            || ClusterToken.Matches(pushToken, options.ClusterToken))
        {
            return null;
        }

        http.Response.Headers.WWWAuthenticate = "Bearer";
        return Problem.Result(
            StatusCodes.Status401Unauthorized,
            "unauthenticated",
            options.ClusterToken is null
                ? "This gateway has no cluster token, so no node can register. Set GenApi:ClusterToken on the gateway."
                : "The cluster token is missing or wrong. Send it as 'Authorization: Bearer <cluster token>'.");
    }

    private static async Task<(LeaseRequest? Lease, IResult? Fault)> ReadLeaseAsync(HttpContext http)
    {
        var (lease, fault) = await JsonBody.ReadAsync(http, ProtocolJson.Default.LeaseRequest, MaxLeaseBytes).ConfigureAwait(false);
        return lease switch
        {
            null => (null, fault),
            { Service: null or "" } => (null, Problem.Invalid("service is missing.")),
            { ConfigVersion: null or "" } => (null, Problem.Invalid("config_version is missing.")),
            { Node: null } => (null, Problem.Invalid("node is missing.")),
            _ when NodeLease.FaultOf(lease.Node) is { } wrong => (null, Problem.Invalid($"{wrong}.")),
            _ => (lease, null),
        };
    }
}
