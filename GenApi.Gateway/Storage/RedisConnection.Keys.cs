using System.Runtime.CompilerServices;
using System.Threading.Channels;
using StackExchange.Redis;

namespace GenApi.Gateway.Storage;

/// <summary>Looks through keys.</summary>
internal sealed partial class RedisConnection
{
    /// <summary>About how many keys Redis looks at before it turns to others again.</summary>
    private const int KeysAtOnce = 500;

    /// <summary>
    /// The keys that match a pattern, of all masters, some at a time. Redis goes on with other work in between. A key may come twice; one
    /// that is made or removed meanwhile may come or not.
    /// </summary>
    /// <exception cref="StorageUnavailableException">Redis, or one master of a Redis Cluster, is away, or too slow.</exception>
    public async IAsyncEnumerable<RedisKey[]> FindKeysAsync(string pattern, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var connection = _connection ?? await _connecting.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        var database = connection.GetDatabase().Database;
        foreach (var master in MastersOf(connection))
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var found = Channel.CreateBounded<RedisKey[]>(1);

            // The client can only block while it looks, so that is done on a thread of its own.
            _ = Task.Factory.StartNew(
                () => Find(master, database, pattern, found.Writer, ending.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            try
            {
                await foreach (var keys in found.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                {
                    yield return keys;
                }
            }
            finally
            {
                await ending.CancelAsync().ConfigureAwait(false);
            }
        }
    }

    private void Find(IServer master, int database, string pattern, ChannelWriter<RedisKey[]> found, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var keys in master.Keys(database, pattern, KeysAtOnce).Chunk(KeysAtOnce))
            {
                found.WriteAsync(keys, cancellationToken).AsTask().GetAwaiter().GetResult();
            }

            found.TryComplete();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody wants to know any more.
        }
        catch (Exception error)
        {
            found.TryComplete(Explain(error, out _) ?? error);
        }
    }

    /// <summary>All servers that have keys of their own.</summary>
    private static IServer[] MastersOf(IConnectionMultiplexer connection)
    {
        IServer[] masters = [.. connection.GetEndPoints().Select(endPoint => connection.GetServer(endPoint)).Where(server => server.IsConnected && !IsReplica(server))];
        if (masters.Length == 0)
        {
            throw new StorageUnavailableException("Redis is away.");
        }

        if (masters[0].ServerType != ServerType.Cluster)
        {
            return masters;
        }

        // A replica has no slots, nor has a master whose replica has taken its place.
        var cluster = masters.Select(master => master.ClusterConfiguration).FirstOrDefault(known => known is not null)
            ?? throw new StorageUnavailableException("The servers of the Redis Cluster are not known yet.");
        return cluster.Nodes.FirstOrDefault(node => node.Slots.Count > 0 && !masters.Any(master => master.EndPoint.Equals(node.EndPoint))) is { } away
            ? throw new StorageUnavailableException($"Redis at {away.EndPoint} is away.")
            : masters;
    }

    private static bool IsReplica(IServer server) =>
#if USE_ASPIRE
        server.IsReplica;
#else
        server.IsSlave;
#endif
}
