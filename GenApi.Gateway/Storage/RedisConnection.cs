using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace GenApi.Gateway.Storage;

/// <summary>
/// The gateway's way to Redis. While Redis is away everything here fails at once, so that nobody waits for it, and the
/// connection comes back by itself.
/// </summary>
internal sealed partial class RedisConnection : IAsyncDisposable
{
    private const string NoScript = "NOSCRIPT";

    /// <summary>A script may have to be loaded on a server that has just lost it, which takes the client a second try.</summary>
    private const int LoadAttempts = 3;

#if USE_ASPIRE
    private static readonly TimeSpan SubscribePause = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _ending = new();
#endif
    private readonly Lazy<Task<IConnectionMultiplexer>> _connecting;
    private readonly IOptions<GenApiGatewayOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile IConnectionMultiplexer? _connection;
    private readonly SharedTimeout _patience;
    private volatile string? _lastFailure;
    private long _interruptions;
    private long _failures;
    private long _timeouts;
    private int _inARow;

    /// <param name="connect">Opens the connection. It must come back with one even while Redis is away.</param>
    /// <param name="options">The gateway's options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when Redis goes and comes.</param>
    public RedisConnection(Func<Task<IConnectionMultiplexer>> connect, IOptions<GenApiGatewayOptions> options, TimeProvider time, ILogger<RedisConnection> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _patience = new SharedTimeout(options.Value.Storage.CommandTimeout, time);
        _connecting = new(() => ConnectAsync(connect));
    }

    /// <summary>The connection is back. Notices were lost meanwhile, so what is remembered must be compared with what is stored.</summary>
    public event Action? Restored;

    /// <summary>Whether commands can be sent now.</summary>
    public bool IsConnected => _connection is { IsConnected: true };

    /// <summary>How often the connection was lost. Redis may have lost its data whenever this has grown.</summary>
    public long Interruptions => Interlocked.Read(ref _interruptions);

    /// <summary>Commands that Redis was sent and did not do, or did not answer in time, since the start.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>How many of them came after the last command that it did: a server that hangs keeps its connections, and answers nothing.</summary>
    public int FailuresInARow => Volatile.Read(ref _inARow);

    /// <summary>What the last of them came to, as a sentence; null: there was none.</summary>
    public string? LastFailure => _lastFailure;

    /// <summary>
    /// Grows whenever the connection was lost or a command was not answered in time. Whoever has to renew something in Redis may have been kept
    /// from it meanwhile, so what has run out is no proof that they are gone.
    /// </summary>
    public long Outages => Interruptions + Interlocked.Read(ref _timeouts);

    /// <summary>Runs a command.</summary>
    /// <exception cref="StorageUnavailableException">Redis is away, or too slow, or said no.</exception>
    public async Task<T> RunAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken)
    {
        var connection = _connection ?? await _connecting.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!connection.IsConnected)
        {
            throw new StorageUnavailableException("Redis is away.");
        }

        try
        {
            var answer = command(connection.GetDatabase()).WaitAsync(_options.Value.Storage.CommandTimeout, _time, cancellationToken);
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // The client brings all answers on one thread, one after the other. What follows here must not hold it up.
            await Task.Yield();
            var done = await answer.ConfigureAwait(false);
            Succeeded();
            return done;
        }
        catch (Exception error) when (error is RedisException or TimeoutException or ObjectDisposedException)
        {
            throw Failed(new StorageUnavailableException($"Redis did not do what was asked: {error.Message}", error));
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            // The client cancels what was on its way when a connection ends.
            throw Failed(new StorageUnavailableException("The connection to Redis was lost.", error));
        }
    }

    /// <summary>Runs a script, by its name where Redis knows it already.</summary>
    /// <exception cref="StorageUnavailableException">Redis is away, or too slow, or the script failed.</exception>
    public Task<RedisResult> EvaluateAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken) =>
        RunAsync(database => EvaluateAsync(database, script, keys, arguments), cancellationToken);

    /// <summary>
    /// Runs a script that Redis knows already, with as little around it as can be: rate limits come by here with every call. Whoever awaits it
    /// goes on by <see cref="Task.Yield"/>, because the client brings all answers on one thread, tells <see cref="Succeeded"/> of an answer, and has
    /// <see cref="Explain"/> say what a fault means.
    /// </summary>
    public Task<RedisResult> StartKnown(RedisScript script, RedisKey[] keys, RedisValue[] arguments) => _connection is { } connection
        ? connection.GetDatabase().ScriptEvaluateAsync(script.Hash, keys, arguments).WaitAsync(_patience.Token)
        : throw new StorageUnavailableException("Redis is away.");

    /// <summary>Redis has done a command.</summary>
    public void Succeeded()
    {
        // Nearly always there is nothing to write, and a line of the cache that is only read stays with every processor.
        if (Volatile.Read(ref _inARow) != 0)
        {
            Volatile.Write(ref _inARow, 0);
        }
    }

    /// <summary>What a fault of <see cref="StartKnown"/> means. It is counted.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="unknownScript">Whether Redis does not know the script; then <see cref="EvaluateAsync(RedisScript, RedisKey[], RedisValue[], CancellationToken)"/> teaches it.</param>
    /// <returns>Null: it is no fault of Redis or of the way to it.</returns>
    public StorageUnavailableException? Explain(Exception fault, out bool unknownScript)
    {
        unknownScript = fault is RedisServerException server && IsUnknownScript(server);
        if (fault is StorageUnavailableException unavailable)
        {
            // Nothing was sent.
            return unavailable;
        }

        StorageUnavailableException? meaning = fault switch
        {
            OperationCanceledException { CancellationToken.IsCancellationRequested: true } => new("Redis did not answer in time.", new TimeoutException(fault.Message, fault)),
            RedisException or TimeoutException or ObjectDisposedException or OperationCanceledException => new($"Redis did not do what was asked: {fault.Message}", fault),
            _ => null,
        };
        return meaning is null || unknownScript ? meaning : Failed(meaning);
    }

    /// <summary>Hears what is published on a channel, in the order in which it is published, also after the connection was lost and is back.</summary>
    public async Task SubscribeAsync(string channel, Action<RedisValue> received, CancellationToken cancellationToken)
    {
        var connection = _connection ?? await _connecting.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        var name = new RedisChannel(channel, RedisChannel.PatternMode.Literal);
        try
        {
#if USE_ASPIRE
            // Goes on until it is done, also when nobody waits for it any more.
            var subscribing = ListenAsync(connection.GetSubscriber(), name, received);
#else
            var subscribing = connection.GetSubscriber().SubscribeAsync(name, (_, message) => received(message));
#endif
            await subscribing.WaitAsync(_options.Value.Storage.CommandTimeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            // It is taken up once Redis is there.
            Log.SubscribesLater(_logger, channel, error.Message);
        }
    }

    /// <summary>Tells all who listen on a channel now.</summary>
    /// <exception cref="StorageUnavailableException">Redis is away, or too slow.</exception>
    public Task PublishAsync(string channel, RedisValue message, CancellationToken cancellationToken) =>
        RunAsync(database => database.PublishAsync(new RedisChannel(channel, RedisChannel.PatternMode.Literal), message), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _patience.Dispose();
#if USE_ASPIRE
        await _ending.CancelAsync().ConfigureAwait(false);
        _ending.Dispose();
#endif
        if (_connecting.IsValueCreated)
        {
            await ((Task)_connecting.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_connection is { } connection)
        {
            connection.ConnectionFailed -= OnFailed;
            connection.ConnectionRestored -= OnRestored;
            connection.Dispose();
        }
    }

#if USE_ASPIRE
    /// <summary>
    /// A subscription that fails leaves behind a queue that fills and that nobody can get at. So it is made only where it can be
    /// expected to work.
    /// </summary>
    private async Task ListenAsync(ISubscriber subscriber, RedisChannel channel, Action<RedisValue> received)
    {
        while (true)
        {
            try
            {
                if (subscriber.IsConnected(channel))
                {
                    var queue = await subscriber.SubscribeAsync(channel).ConfigureAwait(false);
                    queue.OnMessage(message => received(message.Message));
                    return;
                }
            }
            catch (Exception error) when (error is RedisException or TimeoutException)
            {
                // It was lost in this moment.
            }

            await Task.Delay(SubscribePause, _time, _ending.Token).ConfigureAwait(false);
        }
    }

#endif
    private static async Task<RedisResult> EvaluateAsync(IDatabase database, RedisScript script, RedisKey[] keys, RedisValue[] arguments)
    {
        try
        {
            return await database.ScriptEvaluateAsync(script.Hash, keys, arguments).ConfigureAwait(false);
        }
        catch (RedisServerException error) when (IsUnknownScript(error))
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await database.ScriptEvaluateAsync(script.Text, keys, arguments).ConfigureAwait(false);
                }
                catch (RedisServerException again) when (IsUnknownScript(again) && attempt < LoadAttempts)
                {
                    // The client believed that the server has it.
                }
            }
        }
    }

    private StorageUnavailableException Failed(StorageUnavailableException failure)
    {
        _lastFailure = failure.Message;
        Interlocked.Increment(ref _failures);
        if (failure.InnerException is TimeoutException)
        {
            Interlocked.Increment(ref _timeouts);
        }

        Interlocked.Increment(ref _inARow);
        return failure;
    }

    private static bool IsUnknownScript(RedisServerException error) => error.Message.StartsWith(NoScript, StringComparison.Ordinal);

    private async Task<IConnectionMultiplexer> ConnectAsync(Func<Task<IConnectionMultiplexer>> connect)
    {
        var connection = await connect().ConfigureAwait(false);
        connection.ConnectionFailed += OnFailed;
        connection.ConnectionRestored += OnRestored;
        _connection = connection;
        return connection;
    }

    private void OnFailed(object? sender, ConnectionFailedEventArgs failure)
    {
        if (failure.ConnectionType == ConnectionType.Interactive)
        {
            Interlocked.Increment(ref _interruptions);
            Log.Lost(_logger, $"{failure.EndPoint}", failure.FailureType.ToString());
        }
    }

    private void OnRestored(object? sender, ConnectionFailedEventArgs restored)
    {
        Log.Restored(_logger, $"{restored.EndPoint}", restored.ConnectionType.ToString());
        Restored?.Invoke();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The connection to Redis at {EndPoint} is lost ({Reason}). The gateway goes on with what it knows.")]
        public static partial void Lost(ILogger logger, string endPoint, string reason);

        [LoggerMessage(2, LogLevel.Information, "The connection to Redis at {EndPoint} is back ({Kind}).")]
        public static partial void Restored(ILogger logger, string endPoint, string kind);

        [LoggerMessage(3, LogLevel.Warning, "Redis is away, so the notices of {Channel} come later: {Reason}")]
        public static partial void SubscribesLater(ILogger logger, string channel, string reason);
    }
}
