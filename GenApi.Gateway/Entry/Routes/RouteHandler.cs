using GenApi.Gateway.Nodes;
using GenApi.Gateway.Security;
using GenApi.Protocol.Calls;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace GenApi.Gateway.Entry.Routes;

/// <summary>
/// One plain HTTP request: finds out whether it may pass, and has a node answer it. The node's answer is passed on as it is;
/// a refusal is the same JSON as that of a call.
/// </summary>
internal sealed partial class RouteHandler(
    NodeDirectory directory,
    RouteAdmission admission,
    IHttpForwarder forwarder,
    ForwardingClient client,
    IOptionsMonitor<GenApiGatewayOptions> options,
    ILogger<RouteHandler> logger)
{
    private readonly ForwarderRequestConfig _settings = new() { ActivityTimeout = options.CurrentValue.Routes.ActivityTimeout };
    private int _underWay;

    public async Task HandleAsync(HttpContext http, ServedRoute route)
    {
        if (Interlocked.Increment(ref _underWay) > options.CurrentValue.Routes.MaxConcurrentRequests)
        {
            Interlocked.Decrement(ref _underWay);
            await FailAsync(http, TooMany).ConfigureAwait(false);
            return;
        }

        try
        {
            var caller = Caller.Of(http.User, http.Connection.RemoteIpAddress?.ToString());
            var error = await admission.AdmitAsync(http, route, caller).ConfigureAwait(false)
                ?? await ForwardAsync(http, route, caller).ConfigureAwait(false);
            if (error is not null && !http.RequestAborted.IsCancellationRequested)
            {
                await FailAsync(http, error).ConfigureAwait(false);
            }
        }
        catch (Exception fault) when (!http.RequestAborted.IsCancellationRequested)
        {
            // Whatever goes wrong in here is our fault, and the caller still gets an answer.
            Log.Failed(logger, fault, route.Service, route.Key);
            await FailAsync(http, Broken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    /// <summary>A path below <c>/svc</c> that no service has declared.</summary>
    public static Task RefuseAsync(HttpContext http) => FailAsync(http, RouteAdmission.NoSuchRoute(http));

    private static CallError TooMany { get; } = new(ErrorCode.Unavailable, "The gateway has too many requests under way.");

    private static CallError NotInTime { get; } = new(ErrorCode.Timeout, "The node did not answer in time.");

    private static CallError Broken { get; } = new(ErrorCode.Internal, "The gateway failed; the fault is in its log.");

    /// <summary>Has one node after another answer, until one has got the request.</summary>
    /// <returns>Why there is no answer; null: there is one, or the client is gone.</returns>
    private async Task<CallError?> ForwardAsync(HttpContext http, ServedRoute route, Caller caller)
    {
        List<NodeEndpoint>? tried = null;
        CallError? lost = null;
        var mayRepeat = IsSafe(http);

        // By the time that one has failed, others may have come.
        while (Choose(route.NodesIn(directory.Current), tried) is { } node)
        {
            if (!node.Breaker.TryEnter())
            {
                (tried ??= []).Add(node);
                continue;
            }

            var request = new NodeRequest(route, caller, node);
            var (error, reason) = await SendAsync(http, node, request).ConfigureAwait(false);
            if (request.IsAnswered)
            {
                if (error != ForwarderError.None && !http.RequestAborted.IsCancellationRequested)
                {
                    Log.NotAnswered(logger, node.Address, route.Service, route.Key, error, reason?.Message);
                }

                // An answer that has begun cannot be taken back; where it failed, the forwarder has cut the connection.
                return error == ForwarderError.None || http.Response.HasStarted ? null : ErrorOf(error, reason);
            }

            if (ForwardingClient.NeverArrived(error, reason))
            {
                node.Breaker.Failed();
                Log.NotReached(logger, node.Address, reason!.Message);
                (tried ??= []).Add(node);
                continue;
            }

            // What the service makes of a request says nothing about its node.
            node.Breaker.Abandoned();
            if (http.RequestAborted.IsCancellationRequested)
            {
                return null;
            }

            if (error == ForwarderError.Request && mayRepeat)
            {
                // Once only, or a request that kills its node would go on to kill all the others.
                mayRepeat = false;
                Log.NotReached(logger, node.Address, reason?.Message);
                (tried ??= []).Add(node);
                lost = ErrorOf(error, reason);
                continue;
            }

            Log.NotAnswered(logger, node.Address, route.Service, route.Key, error, reason?.Message);
            return ErrorOf(error, reason);
        }

        return lost ?? new CallError(ErrorCode.Unavailable, $"No node of {route.Service} can take the request.");
    }

    private async Task<(ForwarderError Error, Exception? Reason)> SendAsync(HttpContext http, NodeEndpoint node, NodeRequest request)
    {
        node.HttpRequestBegins();
        try
        {
            var error = await forwarder.SendAsync(http, node.Address, client.Invoker, _settings, request).ConfigureAwait(false);
            var reason = http.GetForwarderErrorFeature()?.Exception;
            if (error != ForwarderError.None && !http.Response.HasStarted)
            {
                // As if it had not been tried: another node may answer, or we do.
                http.Features.Set<IForwarderErrorFeature>(null);
                http.Response.Clear();
            }

            return (error, reason);
        }
        catch
        {
            node.Breaker.Abandoned();
            throw;
        }
        finally
        {
            node.HttpRequestEnded();
        }
    }

    /// <summary>The less busy of two nodes picked at random, among those that can take a request.</summary>
    private static NodeEndpoint? Choose(NodeEndpoint[] nodes, List<NodeEndpoint>? tried)
    {
        foreach (var node in nodes)
        {
            if (!node.CanTakeCall || tried?.Contains(node) == true)
            {
                nodes = [.. nodes.Where(candidate => candidate.CanTakeCall && tried?.Contains(candidate) != true)];
                break;
            }
        }

        if (nodes.Length < 2)
        {
            return nodes.Length == 0 ? null : nodes[0];
        }

        var first = Random.Shared.Next(nodes.Length);
        var second = Random.Shared.Next(nodes.Length - 1);
        second = second >= first ? second + 1 : second;
        return Load(nodes[first]) <= Load(nodes[second]) ? nodes[first] : nodes[second];

        static int Load(NodeEndpoint node) => node.InFlight + node.HttpRequests;
    }

    /// <summary>Whether a request may be sent a second time although it may have arrived: one that by its method changes nothing, and has no body.</summary>
    private static bool IsSafe(HttpContext http) =>
        (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) || HttpMethods.IsOptions(http.Request.Method))
        && http.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true };

    private static CallError ErrorOf(ForwarderError error, Exception? reason) => error switch
    {
        _ when ForwardingClient.IsTooLarge(error, reason) => new CallError(ErrorCode.PayloadTooLarge, "The body is larger than the gateway accepts."),
        ForwarderError.RequestTimedOut => NotInTime,

        // The client is still there, so nobody but the activity timeout has given up.
        ForwarderError.RequestBodyDestination when ForwardingClient.AllOf(reason).Any(fault => fault is OperationCanceledException) => NotInTime,
        ForwarderError.RequestBodyClient => new CallError(ErrorCode.InvalidRequest, "The body of the request ended too early."),
        _ => new CallError(ErrorCode.Unavailable, "The node was lost before it answered."),
    };

    private static Task FailAsync(HttpContext http, CallError error)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        http.Response.Clear();
        return HttpAnswer.WriteAsync(http, CallResponse.Failed(RouteAdmission.RequestIdOf(http), error));
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Warning, "The node at {Address} did not answer a request to {Service} {Route}: {Error}. {Reason}")]
        public static partial void NotAnswered(ILogger logger, string address, string service, string route, ForwarderError error, string? reason);

        [LoggerMessage(1, LogLevel.Error, "A request to {Service} {Route} failed inside the gateway.")]
        public static partial void Failed(ILogger logger, Exception fault, string service, string route);

        [LoggerMessage(2, LogLevel.Warning, "The node at {Address} did not take a request: {Reason}; another node is asked.")]
        public static partial void NotReached(ILogger logger, string address, string? reason);
    }
}
