using StackExchange.Redis;

namespace GenApi.Gateway.Storage;

/// <summary>Channel <c>genapi:changed</c>, with messages such as <c>configs shop</c>; <c>genapi:revision</c> counts them.</summary>
internal sealed partial class RedisChangeNotices(RedisConnection redis, ILogger<RedisChangeNotices> logger) : IChangeNotices
{
    private const string Channel = "genapi:changed";
    private static readonly RedisKey Counter = "genapi:revision";

    public async Task NotifyAsync(ChangeKind kind, string subject, CancellationToken cancellationToken)
    {
        try
        {
            await redis.RunAsync(database => database.StringIncrementAsync(Counter), cancellationToken).ConfigureAwait(false);
            await redis.PublishAsync(Channel, $"{Name(kind)} {subject}", cancellationToken).ConfigureAwait(false);
        }
        catch (StorageUnavailableException error)
        {
            // The change itself is stored; the others find it when they look.
            Log.NoticeLost(logger, error.Message);
        }
    }

    public Task SubscribeAsync(Action<ChangeKind, string> changed, CancellationToken cancellationToken) => redis.SubscribeAsync(
        Channel,
        message =>
        {
            if (((string?)message)?.Split(' ', 2) is [var kind, var subject] && Kind(kind) is { } known)
            {
                changed(known, subject);
            }
        },
        cancellationToken);

    private static string Name(ChangeKind kind) => kind switch
    {
        ChangeKind.Configs => "configs",
        ChangeKind.Nodes => "nodes",
        ChangeKind.DetailError => "detail_error",
        ChangeKind.Limits => "limits",
        ChangeKind.LimitReset => "limit_reset",
        ChangeKind.AllLimitsReset => "all_limits_reset",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind of change."),
    };

    /// <summary>A newer gateway may speak of kinds that this one does not know.</summary>
    private static ChangeKind? Kind(string name) => name switch
    {
        "configs" => ChangeKind.Configs,
        "nodes" => ChangeKind.Nodes,
        "detail_error" => ChangeKind.DetailError,
        "limits" => ChangeKind.Limits,
        "limit_reset" => ChangeKind.LimitReset,
        "all_limits_reset" => ChangeKind.AllLimitsReset,
        _ => null,
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The other gateways hear of a change later, for they could not be told: {Reason}")]
        public static partial void NoticeLost(ILogger logger, string reason);
    }
}
