using GenApi.Gateway.Gateways;
using GenApi.Gateway.Security;
using GenApi.Protocol.Cluster;
using Yarp.ReverseProxy.Forwarder;

namespace GenApi.Gateway.Entry.Admin.Forwarding;

/// <summary>Passes requests of the admin API on to the gateway that they are for, and its answers back, live ones too.</summary>
internal sealed partial class AdminForwarder(
    GatewayIdentity identity,
    GatewayAddressBook book,
    AdminGate gate,
    IHttpForwarder forwarder,
    ForwardingClient client,
    IHostApplicationLifetime lifetime,
    ILogger<AdminForwarder> logger)
{
    private const int MaxNameLength = 256;

    /// <summary>Live answers give a sign of life more often, and no report takes as long.</summary>
    private static readonly ForwarderRequestConfig Settings = new() { ActivityTimeout = TimeSpan.FromSeconds(100) };

    /// <summary>Has a gateway answer, if it is another than this one.</summary>
    /// <param name="http">The request.</param>
    /// <param name="name">The gateway's id or instance id.</param>
    /// <returns>The answer; null: this gateway is meant.</returns>
    /// <exception cref="Storage.StorageUnavailableException">Where the gateway is cannot be found out now.</exception>
    public async Task<IResult?> ForwardAsync(HttpContext http, string name)
    {
        // Who may not even look learns nothing of other gateways, and makes them no work. What may be changed is for the other one to say.
        if (gate.Refuse(http, action: null) is { } refusal)
        {
            return refusal;
        }

        if (name.Length > MaxNameLength)
        {
            return Problem.Invalid($"{GatewayHeaders.Gateway} has {name.Length} characters; {MaxNameLength} is the most.");
        }

        if (http.Request.Headers.ContainsKey(GatewayHeaders.ForwardedBy))
        {
            return Problem.Result(
                StatusCodes.Status404NotFound,
                "unknown_gateway",
                $"The gateway '{name}' is gone: '{identity.Id}' listens at its address now.");
        }

        var (gateway, fault) = await book.FindAsync(name, http.RequestAborted).ConfigureAwait(false);
        if (gateway is null)
        {
            return fault!;
        }

        return gateway.Id == identity.Id ? null : await SendAsync(http, gateway).ConfigureAwait(false);
    }

    private async Task<IResult> SendAsync(HttpContext http, GatewayEntry gateway)
    {
        if (gateway.Address is not { } address)
        {
            return Unreachable($"The gateway {gateway} does not tell where it is to be reached. If it has just started or ended, try again in a moment; else set GenApi:Address there.");
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        using var request = new GatewayRequest(identity.Id, gateway.Id, ending, lifetime.ApplicationStopping);
        var error = await forwarder.SendAsync(http, address, client.Invoker, Settings, request, ending.Token).ConfigureAwait(false);
        if (error == ForwarderError.None || http.RequestAborted.IsCancellationRequested)
        {
            return Results.Empty;
        }

        var reason = http.GetForwarderErrorFeature()?.Exception;
        if (http.Response.HasStarted)
        {
            if (!ending.IsCancellationRequested)
            {
                Log.BrokeOff(logger, http.Request.Path, gateway.ToString(), address, error, reason?.Message);
            }

            return Results.Empty;
        }

        http.Response.Clear();
        if (error == ForwarderError.RequestBodyClient)
        {
            return ForwardingClient.IsTooLarge(error, reason)
                ? Problem.Result(StatusCodes.Status413PayloadTooLarge, "invalid_request", "The body is larger than the gateway accepts.")
                : Problem.Invalid("The body of the request ended too early.");
        }

        if (ending.IsCancellationRequested)
        {
            return Problem.Result(StatusCodes.Status503ServiceUnavailable, "unavailable", $"The gateway '{identity.Id}', by which the request came, stops. Ask again: another one passes it on.");
        }

        Log.NotReached(logger, http.Request.Path, gateway.ToString(), address, error, reason?.Message);
        return Unreachable(error == ForwarderError.RequestCreation || ForwardingClient.NeverArrived(error, reason)
            ? $"The gateway {gateway} cannot be reached at {address}: {reason!.Message} If it has ended, it is forgotten in {IGatewayRegistry.LeaseExpiry.TotalSeconds:0} s."
            : $"The gateway {gateway} at {address} was lost before it answered. It may have done what was asked.");
    }

    private static IResult Unreachable(string error) => Problem.Result(StatusCodes.Status502BadGateway, "gateway_unreachable", error);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A request for {Path} could not be passed on to the gateway {Gateway} at {Address}: {Error}. {Reason}")]
        public static partial void NotReached(ILogger logger, string? path, string gateway, string address, ForwarderError error, string? reason);

        [LoggerMessage(2, LogLevel.Warning, "The answer for {Path} of the gateway {Gateway} at {Address} broke off: {Error}. {Reason}")]
        public static partial void BrokeOff(ILogger logger, string? path, string gateway, string address, ForwarderError error, string? reason);
    }
}
