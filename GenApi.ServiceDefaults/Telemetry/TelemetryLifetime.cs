using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace GenApi.ServiceDefaults.Telemetry;

/// <summary>
/// Starts traces, metrics and logs before any hosted service starts, so before the server takes its first request, and sends out what is
/// still buffered after the last of them has stopped.
/// </summary>
internal sealed partial class TelemetryLifetime(IServiceProvider services, ILogger<TelemetryLifetime> logger) : IHostedLifecycleService
{
    // A collector that does not answer must not hold up the stop of the service.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    private TracerProvider? _traces;
    private MeterProvider? _metrics;
    private LoggerProvider? _logs;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        // A provider starts to listen when it is made.
        _traces = services.GetRequiredService<TracerProvider>();
        _metrics = services.GetRequiredService<MeterProvider>();
        _logs = services.GetRequiredService<LoggerProvider>();
        return Task.CompletedTask;
    }

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        var limit = (int)StopLimit.TotalMilliseconds;

        // Side by side, so that the limit holds for the three together.
        // This leaves nothing to do for the later Dispose of the container, which has longer limits of its own.
        var sent = Task.WhenAll(
            OnThread(() => _traces?.Shutdown(limit) ?? true),
            OnThread(() => _metrics?.Shutdown(limit) ?? true),
            OnThread(() => _logs?.Shutdown(limit) ?? true));

        try
        {
            if (Array.TrueForAll(await sent.WaitAsync(StopLimit + TimeSpan.FromSeconds(1), cancellationToken), static done => done))
            {
                return;
            }
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // Said below, with the other way of not finishing.
        }

        Log.NotAllSent(logger, StopLimit.TotalSeconds);
    }

    // Shutdown blocks its thread while it waits for work of the thread pool. On a small machine three blocked threads of the pool
    // itself would be all it has, and each stop would take a second longer, until the pool grows.
    private static Task<bool> OnThread(Func<bool> shutdown) =>
        Task.Factory.StartNew(shutdown, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The telemetry collector did not take the last traces, metrics or logs within {Seconds} s; they are lost.")]
        public static partial void NotAllSent(ILogger logger, double seconds);
    }
}
