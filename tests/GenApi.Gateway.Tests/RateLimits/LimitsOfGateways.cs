using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Storage;
using GenApi.Gateway.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.RateLimits;

/// <summary>Gateways whose limits and counters are asked without a call, on any kind of store.</summary>
internal static class LimitsOfGateways
{
    public static RateLimit PerUser { get; } = new() { Key = "user_id", MaxRequests = 3, WindowMs = 600_000 };

    public static RateLimit PerAddress { get; } = new() { Key = "ip_address", MaxRequests = 2, WindowMs = 600_000 };

    public static RateLimit PerUserOfFunction { get; } = new() { Key = "user_id", MaxRequests = 2, WindowMs = 600_000, Service = "s", RequestType = "t" };

    /// <summary>The limits of one more gateway, which listens and compares as a gateway that runs does.</summary>
    public static async Task<IRateLimits> StartAsync(StoreServices services, string interval = "00:00:00.3")
    {
        var gateway = services.Gateway(("GenApi:Storage:ReconcileInterval", interval), ("GenApi:Storage:CommandTimeout", "00:00:02"));
        await gateway.GetRequiredService<RateLimitSync>().StartAsync(Wait.Ended);
        if (gateway.GetService<RedisConnection>() is { } redis)
        {
            await Wait.UntilAsync(() => redis.IsConnected);
        }

        return gateway.GetRequiredService<IRateLimits>();
    }

    public static async Task<bool> TryAsync(IRateLimits limits, string user, string? address = null) =>
        (await limits.CheckAsync(new RateLimitRequest { Service = "s", RequestType = "t", UserId = user, IpAddress = address }, Wait.Ended)).Allowed;

    public static async Task<bool> FailsAsync(Func<Task> work)
    {
        try
        {
            await work();
            return false;
        }
        catch (Exception error) when (error is StorageUnavailableException or InvalidOperationException)
        {
            return true;
        }
    }
}
