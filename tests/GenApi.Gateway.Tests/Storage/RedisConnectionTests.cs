using System.Collections.Concurrent;
using GenApi.Gateway.Gateways;
using GenApi.Gateway.Storage;
using GenApi.Testing.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GenApi.Gateway.Tests.Storage;

/// <summary>The connection to Redis: scripts, channels, and Redis going and coming.</summary>
public sealed class RedisConnectionTests
{
    private static readonly RedisScript Count = new("return redis.call('INCRBY', KEYS[1], ARGV[1])");

    [RedisFact]
    public async Task A_script_runs_also_when_the_server_has_forgotten_it()
    {
        await using var server = await RedisServer.StartAsync();
        await using var gateway = Services(server.ConnectionString);
        var redis = gateway.GetRequiredService<RedisConnection>();

        Assert.Equal(2, (long)await redis.EvaluateAsync(Count, ["n"], [2], Wait.Ended));
        await server.SendAsync("SCRIPT FLUSH SYNC");
        Assert.Equal(5, (long)await redis.EvaluateAsync(Count, ["n"], [3], Wait.Ended));
        await server.SendAsync("SCRIPT FLUSH SYNC");
        Assert.Equal(6, (long)await redis.EvaluateAsync(Count, ["n"], [1], Wait.Ended));
    }

    [RedisFact]
    public async Task Commands_fail_while_Redis_is_away_and_work_again_when_it_is_back()
    {
        await using var server = await RedisServer.StartAsync();
        await using var gateway = Services(server.ConnectionString);
        var redis = gateway.GetRequiredService<RedisConnection>();
        var restored = new TaskCompletionSource();
        redis.Restored += () => restored.TrySetResult();
        var heard = new ConcurrentQueue<string>();
        await redis.SubscribeAsync("news", message => heard.Enqueue((string)message!), Wait.Ended);
        Assert.Equal(1, (long)await redis.EvaluateAsync(Count, ["n"], [1], Wait.Ended));

        await server.KillAsync();
        await Wait.UntilAsync(async () => await FailsAsync(redis), "commands fail");
        await Wait.UntilAsync(() => redis.Interruptions > 0);

        await server.StartAgainAsync();
        await Wait.For(restored.Task);
        await Wait.UntilAsync(async () => !await FailsAsync(redis), "commands work");
        Assert.Equal(2, (long)await redis.EvaluateAsync(Count, ["n"], [1], Wait.Ended));
        await Wait.UntilAsync(
            async () =>
            {
                await redis.PublishAsync("news", "hello", Wait.Ended);
                return !heard.IsEmpty;
            },
            "the channel is heard again");
    }

    [RedisFact]
    public async Task What_is_published_is_heard_in_order()
    {
        await using var server = await RedisServer.StartAsync();
        await using var gateway = Services(server.ConnectionString);
        var redis = gateway.GetRequiredService<RedisConnection>();
        var heard = new ConcurrentQueue<long>();
        await redis.SubscribeAsync("numbers", message => heard.Enqueue((long)message), Wait.Ended);

        await Task.WhenAll(Enumerable.Range(0, 5000).Select(number => redis.PublishAsync("numbers", number, Wait.Ended)));

        await Wait.UntilAsync(() => heard.Count == 5000, "all are heard");
        Assert.Equal(Enumerable.Range(0, 5000).Select(number => (long)number), heard);
    }

    [RedisFact]
    public async Task A_hung_Redis_counts_as_away()
    {
        await using var server = await RedisServer.StartAsync();
        await using var gateway = Services(server.ConnectionString, ("GenApi:Storage:CommandTimeout", "00:00:00.2"));
        var redis = gateway.GetRequiredService<RedisConnection>();
        Assert.Equal(1, (long)await redis.EvaluateAsync(Count, ["n"], [1], Wait.Ended));

        await server.SignalAsync("STOP");
        await Assert.ThrowsAsync<StorageUnavailableException>(() => redis.EvaluateAsync(Count, ["n"], [1], Wait.Ended));
        await server.SignalAsync("CONT");
        await Wait.UntilAsync(async () => !await FailsAsync(redis), "commands work");
    }

    [RedisFact]
    public async Task A_cluster_of_three_masters_serves_keys_of_all_slots()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var gateway = Services(cluster.ConnectionString);
        var redis = gateway.GetRequiredService<RedisConnection>();
        for (var key = 0; key < 50; key++)
        {
            Assert.Equal(3, (long)await redis.EvaluateAsync(Count, [$"key-{key}"], [3], Wait.Ended));
        }
    }

    [RedisTheory]
    [InlineData(StoreKind.Redis, "")]
    [InlineData(StoreKind.Redis, ",defaultDatabase=3")]
    [InlineData(StoreKind.RedisCluster, "")]
    public async Task Keys_are_found_on_every_master_and_none_but_those_of_the_pattern(StoreKind kind, string settings)
    {
        await using var cluster = kind == StoreKind.RedisCluster ? await RedisCluster.StartAsync() : null;
        await using var server = kind == StoreKind.Redis ? await RedisServer.StartAsync() : null;
        await using var gateway = Services((cluster?.ConnectionString ?? server!.ConnectionString) + settings);
        var redis = gateway.GetRequiredService<RedisConnection>();
        await Task.WhenAll(Enumerable.Range(0, 3000).Select(key => redis.EvaluateAsync(Count, [$"{(key % 2 == 0 ? "mine" : "other")}:{{{key}"], [1], Wait.Ended)));

        var found = new HashSet<string>();
        await foreach (var keys in redis.FindKeysAsync("mine:{*", Wait.Ended))
        {
            Assert.InRange(keys.Length, 1, 500);
            found.UnionWith(keys.Select(key => (string)key!));
        }

        Assert.Equal(Enumerable.Range(0, 1500).Select(key => $"mine:{{{2 * key}").Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));

        using var end = CancellationTokenSource.CreateLinkedTokenSource(Wait.Ended);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var keys in redis.FindKeysAsync("*", end.Token))
            {
                await end.CancelAsync();
            }
        });
    }

    [RedisFact]
    public async Task Keys_are_not_found_while_Redis_hangs_or_is_away()
    {
        await using var server = await RedisServer.StartAsync();
        await using var gateway = Services(server.ConnectionString);
        var redis = gateway.GetRequiredService<RedisConnection>();
        Assert.Equal(1, (long)await redis.EvaluateAsync(Count, ["n"], [1], Wait.Ended));
        await server.SignalAsync("STOP");
        await Assert.ThrowsAsync<StorageUnavailableException>(FindAsync);
        await server.SignalAsync("CONT");
        await Wait.UntilAsync(async () => !await FailsAsync(redis), "commands work");
        await FindAsync();
        await server.KillAsync();
        await Assert.ThrowsAsync<StorageUnavailableException>(FindAsync);

        async Task FindAsync()
        {
            await foreach (var keys in redis.FindKeysAsync("[n]", Wait.Ended))
            {
                Assert.Equal(["n"], keys.Select(key => (string)key!));
            }
        }
    }

    [RedisFact]
    public async Task Gateways_know_one_another_until_they_leave()
    {
        await using var server = await RedisServer.StartAsync();
        await using var first = Services(server.ConnectionString, ("GenApi:GatewayId", "first"));
        await using var second = Services(server.ConnectionString, ("GenApi:GatewayId", "second"));
        var (here, there) = (first.GetRequiredService<IGatewayRegistry>(), second.GetRequiredService<IGatewayRegistry>());

        await here.RenewAsync(Wait.Ended);
        await there.RenewAsync(Wait.Ended);
        Assert.Equal(["first", "second"], (await here.LiveAsync(Wait.Ended)).Select(gateway => gateway.Id).Order());

        await there.LeaveAsync(Wait.Ended);
        Assert.Equal(["first"], (await here.LiveAsync(Wait.Ended)).Select(gateway => gateway.Id));
    }

    private static async Task<bool> FailsAsync(RedisConnection redis)
    {
        try
        {
            await redis.EvaluateAsync(Count, ["other"], [0], Wait.Ended);
            return false;
        }
        catch (StorageUnavailableException)
        {
            return true;
        }
    }

    private static ServiceProvider Services(string connectionString, params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([
            new("ConnectionStrings:redis", connectionString),
            .. settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value)),
        ]);
        builder.Services.AddLogging();
        builder.AddGenApiGateway();
        return builder.Services.BuildServiceProvider();
    }
}
