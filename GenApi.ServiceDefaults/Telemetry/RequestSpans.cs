using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace GenApi.ServiceDefaults.Telemetry;

/// <summary>
/// Finishes the span that the server makes for each request. Up to .NET 10 it has no name of its own, no route, no status and no error,
/// since these are known only at the end. Connections that last (a node's link, a client's hub connection) leave no span:
/// it would come hours late, and one span would be the parent of every call.
/// </summary>
internal sealed class RequestSpans(RequestDelegate next)
{
    /// <summary>The activity source of the server's own spans.</summary>
    public const string SourceName = "Microsoft.AspNetCore";

    private const string WebSocket = "websocket";
    private const int ClientClosedRequest = 499;

    public Task InvokeAsync(HttpContext context)
    {
        var span = context.Features.Get<IHttpActivityFeature>()?.Activity;
        if (IsWebSocket(context))
        {
            return ConnectAsync(context, span);
        }

        return span is { IsAllDataRequested: true } ? TraceAsync(context, span) : next(context);
    }

    private async Task TraceAsync(HttpContext context, Activity span)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            Finish(context, span, exception);
            throw;
        }

        // SignalR marks its server-sent events and long polls so.
        if (span.GetTagItem("http.long_running") is true or "true")
        {
            Drop(span);
        }
        else
        {
            Finish(context, span, exception: null);
        }
    }

    private async Task ConnectAsync(HttpContext context, Activity? span)
    {
        // What arrives over the connection must not count as part of the request that opened it, nor share its sampling.
        // The change ends with this method.
        Activity.Current = null;

        Exception? failure = null;
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            if (IsConnected(context, failure))
            {
                Drop(span);

                // One duration per connection would drown those of requests; the server counts connections in metrics of their own.
                if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
                {
                    metrics.MetricsDisabled = true;
                }
            }
            else if (span is { IsAllDataRequested: true })
            {
                Finish(context, span, failure);
            }
        }
    }

    /// <summary>By HTTP/1.1 a WebSocket is an upgrade, by HTTP/2 an extended CONNECT. An offer of another upgrade, such as h2c, is a plain request.</summary>
    private static bool IsWebSocket(HttpContext context) =>
        WebSocket.Equals(context.Request.Headers.Upgrade, StringComparison.OrdinalIgnoreCase)
        || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: WebSocket };

    private static bool IsConnected(HttpContext context, Exception? failure) =>
        (failure is null || context.Response.HasStarted)
        && context.Response.StatusCode == (HttpMethods.IsConnect(context.Request.Method) ? StatusCodes.Status200OK : StatusCodes.Status101SwitchingProtocols);

    // Exporters pass over what is not recorded.
    private static void Drop(Activity? span)
    {
        if (span is not null)
        {
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    private static void Finish(HttpContext context, Activity span, Exception? exception)
    {
        // An exception handler within the pipeline keeps the exception, and the endpoint that it took out of the context.
        var handled = context.Features.Get<IExceptionHandlerFeature>();
        exception ??= handled?.Error;

        var status = Status(context, exception, handled is not null);
        var route = (handled?.Endpoint ?? context.GetEndpoint())?.Metadata.GetMetadata<IRouteDiagnosticsMetadata>()?.Route;
        var method = span.GetTagItem("http.request.method") is string known and not "_OTHER" ? known : "HTTP";

        span.DisplayName = route is null ? method : $"{method} {route}";
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", status);

        if (status >= StatusCodes.Status500InternalServerError)
        {
            span.SetStatus(ActivityStatusCode.Error);
            span.SetTag("error.type", exception?.GetType().FullName ?? status.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>The status that the client gets. What the server makes of an exception that leaves the pipeline is decided only after it has left.</summary>
    private static int Status(HttpContext context, Exception? exception, bool handled) => exception switch
    {
        _ when exception is null || handled || context.Response.HasStarted => context.Response.StatusCode,
        OperationCanceledException when context.RequestAborted.IsCancellationRequested => ClientClosedRequest,
        BadHttpRequestException bad => bad.StatusCode,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>Puts the middleware around all others.</summary>
    internal sealed class AroundPipeline : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseMiddleware<RequestSpans>();
            next(app);
        };
    }
}
