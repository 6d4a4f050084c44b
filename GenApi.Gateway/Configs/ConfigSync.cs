using System.Threading.Channels;
using GenApi.Gateway.DetailError;
using GenApi.Gateway.Storage;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Configs;

/// <summary>Keeps this gateway's snapshot in line with the store: at start, by notices, when Redis is back, and by a look from time to time.</summary>
internal sealed partial class ConfigSync(
    ConfigCatalog catalog,
    DetailErrorSwitch detailError,
    IChangeNotices notices,
    IOptions<GenApiGatewayOptions> options,
    TimeProvider time,
    ILogger<ConfigSync> logger,
    RedisConnection? redis = null) : BackgroundService
{
    /// <summary>Stands for all services.</summary>
    private const string All = "";

    /// <summary>More notices than this are not kept one by one; the look from time to time finds what they told.</summary>
    private const int MaxWaiting = 10_000;

    private readonly Channel<string> _waiting = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });
    private bool _failing;

    /// <summary>A gateway that has just started knows the functions before it is asked for one, where the store is there.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (redis is not null)
        {
            redis.Restored += OnRestored;
        }

        await notices.SubscribeAsync(OnChanged, cancellationToken).ConfigureAwait(false);
        await TryAsync(All, cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void Dispose()
    {
        if (redis is not null)
        {
            redis.Restored -= OnRestored;
        }

        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var looking = LookAsync(stoppingToken);
        await foreach (var service in _waiting.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            await TryAsync(service, stoppingToken).ConfigureAwait(false);
        }

        await looking.ConfigureAwait(false);
    }

    private void OnRestored() => _waiting.Writer.TryWrite(All);

    private void OnChanged(ChangeKind kind, string service)
    {
        switch (kind)
        {
            case ChangeKind.Configs:
                _waiting.Writer.TryWrite(service);
                break;
            case ChangeKind.DetailError:
                _waiting.Writer.TryWrite(All);
                break;
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.Value.Storage.ReconcileInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            _waiting.Writer.TryWrite(All);
        }
    }

    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        await catalog.ReconcileAsync(cancellationToken).ConfigureAwait(false);
        await detailError.ReconcileAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task TryAsync(string service, CancellationToken cancellationToken)
    {
        try
        {
            await (service == All ? ReconcileAsync(cancellationToken) : catalog.RefreshAsync(service, cancellationToken)).ConfigureAwait(false);
            _failing = false;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // What the gateway knows stays in use, and it looks again in a moment. One line for an outage is enough.
            if (!_failing)
            {
                Log.Unreadable(logger, error);
                _failing = true;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The configs could not be read; the gateway goes on with those it knows.")]
        public static partial void Unreadable(ILogger logger, Exception error);
    }
}
