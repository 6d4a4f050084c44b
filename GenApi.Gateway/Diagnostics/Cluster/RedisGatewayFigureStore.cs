using System.Text.Json;
using GenApi.Gateway.Storage;
using StackExchange.Redis;

namespace GenApi.Gateway.Diagnostics.Cluster;

/// <summary><c>genapi:gateway:ID</c>: what a gateway told last, as JSON, for as long as its lease would last.</summary>
internal sealed class RedisGatewayFigureStore(RedisConnection redis) : IGatewayFigureStore
{
    public Task PutAsync(GatewayFigures figures, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(figures, DiagnosticsJson.Default.GatewayFigures);
        return redis.RunAsync(database => database.StringSetAsync(KeyOf(figures.Gateway), json, IGatewayFigureStore.Expiry), cancellationToken);
    }

    public async Task<GatewayFigures?> FindAsync(string gateway, CancellationToken cancellationToken)
    {
        var found = (byte[]?)await redis.RunAsync(database => database.StringGetAsync(KeyOf(gateway)), cancellationToken).ConfigureAwait(false);
        try
        {
            return found is null ? null : JsonSerializer.Deserialize(found, DiagnosticsJson.Default.GatewayFigures);
        }
        catch (JsonException)
        {
            // A gateway of another version tells other things.
            return null;
        }
    }

    private static RedisKey KeyOf(string gateway) => $"genapi:gateway:{gateway}";
}
