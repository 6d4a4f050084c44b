using System.Globalization;

namespace GenApi.Testing.Redis;

/// <summary>A Redis Cluster of three masters on loopback.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private const int Slots = 16384;

    private readonly List<RedisServer> _masters = [];

    private RedisCluster()
    {
    }

    public IReadOnlyList<RedisServer> Masters => _masters;

    public string ConnectionString => string.Join(',', _masters.Select(master => master.ConnectionString));

    public static async Task<RedisCluster> StartAsync()
    {
        var cluster = new RedisCluster();
        try
        {
            const int count = 3;
            for (var index = 0; index < count; index++)
            {
                cluster._masters.Add(await RedisServer.StartAsync("--cluster-enabled", "yes", "--cluster-node-timeout", "2000"));
            }

            for (var index = 0; index < count; index++)
            {
                var from = Slots * index / count;
                var to = (Slots * (index + 1) / count) - 1;
                await cluster._masters[index].SendAsync(string.Create(CultureInfo.InvariantCulture, $"CLUSTER ADDSLOTSRANGE {from} {to}"));
                if (index > 0)
                {
                    await cluster._masters[index].SendAsync(string.Create(CultureInfo.InvariantCulture, $"CLUSTER MEET 127.0.0.1 {cluster._masters[0].Port}"));
                }
            }

            foreach (var master in cluster._masters)
            {
                // A key of each master, so that all of them agree on who has which slots.
                while (!await IsReadyAsync(master))
                {
                    await Task.Delay(20);
                }
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var master in _masters)
        {
            await master.DisposeAsync();
        }
    }

    private static async Task<bool> IsReadyAsync(RedisServer master)
    {
        foreach (var key in (string[])["{a}", "{b}", "{c}", "{d}", "{e}"])
        {
            var answer = await master.SendAsync($"EXISTS {key}");
            if (!answer.StartsWith(':') && !answer.StartsWith("-MOVED", StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
