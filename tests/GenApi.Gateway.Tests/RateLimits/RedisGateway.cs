using GenApi.Gateway.Storage;
using GenApi.Gateway.Tests.Cluster;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GenApi.Gateway.Tests.RateLimits;

/// <summary>The services of a gateway on Redis, without its doors.</summary>
internal static class RedisGateway
{
    public static ServiceProvider Services(string connectionString, params (string Name, string Value)[] settings)
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

    /// <summary>Opens the connection to Redis, as the start of a gateway does.</summary>
    public static Task OpenAsync(ServiceProvider gateway) =>
        gateway.GetRequiredService<RedisConnection>().RunAsync(database => database.PingAsync(), Wait.Ended);
}
