using System.Collections.Concurrent;
using System.Net;
using GenApi.Testing.Wire;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace GenApi.Testing;

/// <summary>The two ways to send OTLP.</summary>
public enum OtlpProtocol
{
    /// <summary>POST of protobuf to /v1/traces, /v1/metrics and /v1/logs over HTTP/1.1: <c>http/protobuf</c>.</summary>
    HttpProtobuf,

    /// <summary>gRPC over HTTP/2 without TLS: <c>grpc</c>.</summary>
    Grpc,
}

/// <summary>
/// A collector in this process, on a loopback port that the system picks. It keeps what services under test send, and lets a test wait for it.
/// </summary>
/// <remarks>
/// It is a bare Kestrel without ASP.NET Core's hosting, so that its own requests make no spans: a service under test in the same process
/// would send them here, which would make more of them, without end.
/// </remarks>
public sealed class OtlpCollector : IAsyncDisposable
{
    private const long MaxRequestBytes = 16 * 1024 * 1024;

    private readonly KestrelServer _server;
    private readonly Received<OtlpSpan> _spans = new("spans");
    private readonly Received<OtlpMetric> _metrics = new("metrics");
    private readonly Received<OtlpLog> _logs = new("log records");
    private readonly ConcurrentQueue<string> _refused = new();
    private readonly OtlpProtocol _protocol;

    private OtlpCollector(OtlpProtocol protocol)
    {
        _protocol = protocol;

        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = MaxRequestBytes;
        options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocol == OtlpProtocol.Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1);

        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        _server = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
    }

    /// <summary>The value for OTEL_EXPORTER_OTLP_ENDPOINT.</summary>
    public Uri Endpoint { get; private set; } = new("http://127.0.0.1");

    /// <summary>The value for OTEL_EXPORTER_OTLP_PROTOCOL: <c>http/protobuf</c> or <c>grpc</c>.</summary>
    public string Protocol => _protocol == OtlpProtocol.Grpc ? "grpc" : "http/protobuf";

    /// <summary>
    /// The settings that make a service send here, and soon: for the environment of a child process, or as configuration of a host in this one.
    /// </summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Endpoint.ToString(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = Protocol,
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
    };

    /// <summary>The spans so far, oldest first.</summary>
    public IReadOnlyList<OtlpSpan> Spans => _spans.Snapshot();

    /// <summary>The metrics so far, oldest first; a metric comes again with each export.</summary>
    public IReadOnlyList<OtlpMetric> Metrics => _metrics.Snapshot();

    /// <summary>The log records so far, oldest first.</summary>
    public IReadOnlyList<OtlpLog> Logs => _logs.Snapshot();

    /// <summary>Why requests were refused; empty if every one was understood.</summary>
    public IReadOnlyList<string> Refused => [.. _refused];

    /// <summary>Starts a collector for <c>http/protobuf</c>.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The running collector.</returns>
    public static Task<OtlpCollector> StartAsync(CancellationToken cancellationToken) => StartAsync(OtlpProtocol.HttpProtobuf, cancellationToken);

    /// <summary>Starts a collector.</summary>
    /// <param name="protocol">What it speaks. A port without TLS can speak only one of the two.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The running collector.</returns>
    public static async Task<OtlpCollector> StartAsync(OtlpProtocol protocol, CancellationToken cancellationToken)
    {
        var collector = new OtlpCollector(protocol);
        try
        {
            await collector._server.StartAsync(new Application(collector), cancellationToken);
            collector.Endpoint = new Uri(collector._server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
            return collector;
        }
        catch
        {
            await collector.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until so many spans match.</summary>
    /// <param name="predicate">What to wait for. It is asked once for each span.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>All that match, at least <paramref name="count"/>.</returns>
    /// <exception cref="TimeoutException">They did not come within 30 seconds or before the token was cancelled; the message shows what came.</exception>
    public Task<IReadOnlyList<OtlpSpan>> WaitForSpansAsync(Func<OtlpSpan, bool> predicate, int count, CancellationToken cancellationToken) =>
        _spans.WaitAsync(predicate, count, cancellationToken);

    /// <summary>Waits until so many metrics match; each export of a metric counts.</summary>
    /// <inheritdoc cref="WaitForSpansAsync"/>
    public Task<IReadOnlyList<OtlpMetric>> WaitForMetricsAsync(Func<OtlpMetric, bool> predicate, int count, CancellationToken cancellationToken) =>
        _metrics.WaitAsync(predicate, count, cancellationToken);

    /// <summary>Waits until so many log records match.</summary>
    /// <inheritdoc cref="WaitForSpansAsync"/>
    public Task<IReadOnlyList<OtlpLog>> WaitForLogsAsync(Func<OtlpLog, bool> predicate, int count, CancellationToken cancellationToken) =>
        _logs.WaitAsync(predicate, count, cancellationToken);

    /// <summary>Stops listening. What came stays readable.</summary>
    /// <returns>A task that ends when the port is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        // Exporters keep connections open; a cancelled token closes them rather than waiting for them.
        await _server.StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
    }

    private void Accept(OtlpSignal signal, ReadOnlySpan<byte> message)
    {
        switch (signal)
        {
            case OtlpSignal.Traces: _spans.Add(TraceDecoder.Decode(message)); break;
            case OtlpSignal.Metrics: _metrics.Add(MetricDecoder.Decode(message)); break;
            case OtlpSignal.Logs: _logs.Add(LogDecoder.Decode(message)); break;
        }
    }

    private async Task ServeAsync(HttpContext context)
    {
        OtlpExchange exchange = _protocol == OtlpProtocol.Grpc ? new GrpcExchange(context) : new HttpExchange(context);
        try
        {
            var (signal, message) = await exchange.ReadAsync(context.RequestAborted);
            Accept(signal, message);
        }
        catch (Exception exception) when (exception is InvalidDataException or OverflowException or BadHttpRequestException)
        {
            _refused.Enqueue($"{context.Request.Path}: {exception.Message}");
            await exchange.RefuseAsync(exception.Message);
            return;
        }

        await exchange.AcceptAsync();
    }

    private sealed class Application(OtlpCollector collector) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => collector.ServeAsync(context);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
            // Nothing to dispose: the context holds only what belongs to the server.
        }
    }
}
