using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using GenApi.Testing.Redis;

namespace GenApi.Cluster.Tests.Running;

/// <summary>Gateways that know of one another, and what leads to them by turns.</summary>
internal sealed class BalancedGateways(string adminToken, RedisServer redis, Dictionary<string, LoneGateway> gateways, LoadBalancer balancer) : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    /// <summary>Where any of them answers.</summary>
    public Uri Address => balancer.Address;

    /// <summary>Starts them, and waits until they know of one another.</summary>
    /// <param name="adminToken">The admin token of all.</param>
    /// <param name="names">Their ids.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<BalancedGateways> StartAsync(string adminToken, string[] names, CancellationToken cancellationToken)
    {
        var redis = await RedisServer.StartAsync();
        var gateways = new Dictionary<string, LoneGateway>();
        foreach (var name in names)
        {
            gateways[name] = await LoneGateway.StartAsync(
                new Dictionary<string, string>
                {
                    ["GenApi__GatewayId"] = name,
                    ["GenApi__AdminToken"] = adminToken,
                    ["GenApi__AdminActions__0"] = "*",
                    ["ConnectionStrings__redis"] = redis.ConnectionString,
                },
                cancellationToken);
        }

        var started = new BalancedGateways(adminToken, redis, gateways, await LoadBalancer.StartAsync(gateways.Values.Select(gateway => gateway.Address)));
        await Wait.UntilAsync(async () =>
        {
            var view = await started.AskAsync(HttpMethod.Get, new Uri(started.Address, "/admin/cluster"), null, cancellationToken);
            return view.GetProperty("gateways").EnumerateArray().Count(gateway => gateway.TryGetProperty("figures", out var told) && told.ValueKind == JsonValueKind.Object) == names.Length;
        });
        return started;
    }

    /// <summary>Makes a call through a gateway, which it refuses for its arguments.</summary>
    public async Task CallAsync(string name, CancellationToken cancellationToken)
    {
        var address = gateways[name].Address;
        var token = await AskAsync(HttpMethod.Post, new Uri(address, "/admin/tokens"), new { user_id = "tina" }, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/api/relay/relay_msg")) { Content = JsonContent.Create(new { }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("access_token").GetString());
        using var response = await _http.SendAsync(request, cancellationToken);
    }

    /// <summary>Ends a gateway; nobody is led to it any more.</summary>
    public async Task StopAsync(string name)
    {
        gateways.Remove(name, out var gateway);
        balancer.LeadTo(gateways.Values.Select(other => other.Address));
        await gateway!.DisposeAsync();
    }

    /// <summary>Ends what they share.</summary>
    public Task StopRedisAsync() => redis.KillAsync();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await balancer.DisposeAsync();
        foreach (var gateway in gateways.Values)
        {
            await gateway.DisposeAsync();
        }

        await redis.DisposeAsync();
    }

    private async Task<JsonElement> AskAsync(HttpMethod method, Uri address, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", adminToken);
        using var response = await _http.SendAsync(request, cancellationToken);
        return await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }
}
