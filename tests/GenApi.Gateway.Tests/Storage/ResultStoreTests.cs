using GenApi.Gateway.Entry;
using GenApi.Gateway.Storage;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;
using GenApi.Testing.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Storage;

/// <summary>Where the answers of async calls wait, in memory and in Redis.</summary>
public sealed class ResultStoreTests
{
    private static readonly CallResponse Answer = CallResponse.Ok("r1", new RawJson("""{"n":[1,"ä"]}"""u8.ToArray()));

    [RedisTheory]
    [OnEveryStore]
    public async Task An_answer_is_fetched_once_at_any_gateway_by_its_owner(StoreKind kind)
    {
        await using var services = await StoreServices.StartAsync(kind);
        var (here, there) = (Store(services), Store(services));

        Assert.Equal(ResultState.Unknown, await StateAsync(there, "ann", "r1"));
        Assert.True(await here.TryBeginAsync("ann", "r1", Wait.Ended));
        Assert.False(await there.TryBeginAsync("ann", "r1", Wait.Ended));
        Assert.True(await there.TryBeginAsync("ann:r1", "", Wait.Ended));
        Assert.Equal(ResultState.Pending, await StateAsync(there, "ann", "r1"));

        await here.CompleteAsync("ann", "r1", Answer, Wait.Ended);
        Assert.Equal(ResultState.Unknown, await StateAsync(there, "bob", "r1"));
        var (state, response) = await there.TakeAsync("ann", "r1", Wait.Ended);
        Assert.Equal(ResultState.Ready, state);
        Assert.Equal(("r1", true, """{"n":[1,"ä"]}"""), (response!.RequestId, response.Success, response.Result.ToString()));
        Assert.Equal(ResultState.Gone, await StateAsync(here, "ann", "r1"));
        Assert.True(await here.TryBeginAsync("ann", "r1", Wait.Ended));
        await here.AbandonAsync("ann", "r1", Wait.Ended);
        Assert.Equal(ResultState.Unknown, await StateAsync(there, "ann", "r1"));
    }

    [RedisFact]
    public async Task An_answer_whose_time_is_over_is_gone_and_not_unknown()
    {
        await using var services = await StoreServices.StartAsync(StoreKind.Redis);
        var store = Store(services);
        Assert.True(await store.TryBeginAsync("ann", "r1", Wait.Ended));
        await store.CompleteAsync("ann", "r1", Answer, Wait.Ended);

        // As if it had been kept in 1970.
        var redis = services.Gateway().GetRequiredService<RedisConnection>();
        await redis.RunAsync(database => database.StringSetAsync("genapi:result:ann:r1", """1|{"request_id":"r1","success":true}"""), Wait.Ended);
        Assert.Equal(ResultState.Gone, await StateAsync(store, "ann", "r1"));

        // And its id is free again.
        await redis.RunAsync(database => database.StringSetAsync("genapi:result:ann:r1", """1|{"request_id":"r1","success":true}"""), Wait.Ended);
        Assert.True(await store.TryBeginAsync("ann", "r1", Wait.Ended));
    }

    [RedisFact]
    public async Task A_call_begun_while_Redis_is_away_has_its_answer_at_its_own_gateway()
    {
        await using var server = await RedisServer.StartAsync();
        await using var services = StoreServices.On(server.ConnectionString);
        var store = Store(services);
        Assert.True(await store.TryBeginAsync("ann", "before", Wait.Ended));
        await server.KillAsync();

        Assert.True(await store.TryBeginAsync("ann", "r1", Wait.Ended));
        Assert.False(await store.TryBeginAsync("ann", "r1", Wait.Ended));
        await store.CompleteAsync("ann", "r1", Answer, Wait.Ended);
        await store.CompleteAsync("ann", "before", Answer, Wait.Ended);
        Assert.Equal(ResultState.Ready, await StateAsync(store, "ann", "r1"));
        Assert.Equal(ResultState.Ready, await StateAsync(store, "ann", "before"));
    }

    private static IResultStore Store(StoreServices services) => services.Gateway().GetRequiredService<IResultStore>();

    private static async Task<ResultState> StateAsync(IResultStore store, string owner, string requestId) =>
        (await store.TakeAsync(owner, requestId, Wait.Ended)).State;
}
