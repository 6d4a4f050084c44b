using System.Net;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace GenApi.Gateway.Storage;

/// <summary>Decides where what gateways share is kept.</summary>
internal static class StorageRegistration
{
    /// <summary>The name of the connection string.</summary>
    public const string ConnectionName = "redis";

    private static readonly TimeSpan ReconnectInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The oldest servers that there may be.</summary>
    private static readonly Version OldestServer = new(5, 0);

    /// <summary>Adds the connection to Redis, where a connection string is set.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="OptionsValidationException">The connection string cannot be read.</exception>
    public static bool AddStorage(this IHostApplicationBuilder builder)
    {
        if (builder.Configuration.GetConnectionString(ConnectionName) is not { Length: > 0 } connectionString)
        {
            return false;
        }

        var settings = Read(connectionString);
#if USE_ASPIRE
        builder.AddRedisClient(ConnectionName, configureSettings: TakeOnlyTheClient, configureOptions: Configure);

        // Making it connects, and blocks for as long as that takes.
        builder.Services.AddSingleton(provider => Connection(provider, () => Task.Run(provider.GetRequiredService<IConnectionMultiplexer>)));
#else
        Configure(settings);
        builder.Services.AddSingleton(provider => Connection(provider, async () => await ConnectionMultiplexer.ConnectAsync(settings).ConfigureAwait(false)));
#endif
        builder.Services.AddSingleton<RedisEpoch>();
        return true;
    }

    /// <summary>Where Redis is, or one server of a Redis Cluster; null: no connection string is set.</summary>
    public static DnsEndPoint? FindServer(IConfiguration configuration) => configuration.GetConnectionString(ConnectionName) is { Length: > 0 } connectionString
        ? Read(connectionString).EndPoints.FirstOrDefault() switch
        {
            DnsEndPoint named => named,
            IPEndPoint numbered => new DnsEndPoint(numbered.Address.ToString(), numbered.Port),
            _ => null,
        }
        : null;

    /// <summary>Adds a store that has an implementation in memory and one in Redis.</summary>
    public static IServiceCollection AddStored<TStore, TMemory, TRedis>(this IServiceCollection services, bool redis)
        where TStore : class
        where TMemory : class, TStore
        where TRedis : class, TStore => redis ? services.AddSingleton<TStore, TRedis>() : services.AddSingleton<TStore, TMemory>();

#if USE_ASPIRE
    /// <summary>
    /// The gateway has a health check of its own. Spans of each single command would be more than all others together, and the client
    /// records them also where telemetry is off.
    /// </summary>
    private static void TakeOnlyTheClient(Aspire.StackExchange.Redis.StackExchangeRedisSettings client)
    {
        client.DisableHealthChecks = true;
        client.DisableTracing = true;
    }

#endif
    private static RedisConnection Connection(IServiceProvider provider, Func<Task<IConnectionMultiplexer>> connect) => new(
        connect,
        provider.GetRequiredService<IOptions<GenApiGatewayOptions>>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<RedisConnection>>());

    private static ConfigurationOptions Read(string connectionString)
    {
        try
        {
            return ConfigurationOptions.Parse(connectionString);
        }
        catch (ArgumentException error)
        {
            // The text itself is not shown: it may hold the password.
            throw new OptionsValidationException(
                ConnectionName,
                typeof(StorageOptions),
                [$"ConnectionStrings:{ConnectionName} cannot be read: {error.Message} Write it as host:port,password=…,ssl=true."]);
        }
    }

    private static void Configure(ConfigurationOptions settings)
    {
        // A gateway starts and goes on also while Redis is away.
        settings.AbortOnConnectFail = false;
        settings.ConnectTimeout = (int)ConnectTimeout.TotalMilliseconds;
        settings.ReconnectRetryPolicy = new LinearRetry((int)ReconnectInterval.TotalMilliseconds);
        settings.ClientName ??= "genapi-gateway";

        // Of a server that may not say its version, the client would think that it cannot look through its keys bit by bit.
        settings.DefaultVersion = settings.DefaultVersion < OldestServer ? OldestServer : settings.DefaultVersion;
#if USE_ASPIRE
        settings.BacklogPolicy = BacklogPolicy.FailFast;
#endif
    }
}
