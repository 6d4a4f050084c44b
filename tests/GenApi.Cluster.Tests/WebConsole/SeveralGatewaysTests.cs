using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using GenApi.Cluster.Tests.Running;
using GenApi.Testing.Redis;

namespace GenApi.Cluster.Tests.WebConsole;

/// <summary>The console behind a load balancer, which leads each request to another gateway.</summary>
[Collection(SharedCluster.Name)]
public sealed class SeveralGatewaysTests(RunningCluster cluster, RunningBrowser browser) : ConsoleTest(cluster, browser)
{
    private const string Token = "an-admin-token-of-several-gateways-0001";

    [BrowserFact]
    public async Task It_stays_with_one_gateway_so_that_a_trace_can_be_started_followed_and_stopped()
    {
        var gateways = EndAfterPages(await GatewaysAsync());
        var page = await OpenAsync($"#token={Token}", gateways.Address);
        await page.SeeAsync("Overview ok");
        var name = await page.ReadFieldAsync("Gateway");

        await GoToAsync(page, "Traces");
        await page.ClickAsync("Start and follow");
        await page.SeeAsync("1 of at most");
        var seen = page.Section("What ");
        await Wait.UntilAsync(async () =>
        {
            await gateways.CallAsync(name, Cancellation);
            return (await seen.ReadAsync()).Contains("relay/relay_msg", StringComparison.Ordinal);
        });
        await page.Section("Traces").Row("call").ClickAsync("Stop");
        await page.SeeAsync(" is stopped.");
        await seen.SeeAsync("It has ended.");
        Assert.Equal(name, await page.ReadFieldAsync("Gateway"));
    }

    [BrowserFact]
    public async Task Another_gateway_can_be_chosen_and_stays_chosen()
    {
        var gateways = EndAfterPages(await GatewaysAsync());
        var page = await OpenAsync($"#token={Token}", gateways.Address);
        await page.SeeAsync("Overview ok");

        foreach (var name in new[] { "gateway-a", "gateway-b" })
        {
            await page.ChooseAsync("Gateway", name);
            await page.SeeAsync($"Overview ok{name}");
            await page.ReloadAsync();
            await page.SeeAsync($"Overview ok{name}");
            await GoToAsync(page, "Cluster");
            await page.SeeAsync($"as {name} sees it");
            await GoToAsync(page, "Overview");
        }
    }

    [BrowserFact]
    public async Task When_its_gateway_is_gone_another_one_answers_and_it_says_so()
    {
        var gateways = EndAfterPages(await GatewaysAsync());
        var page = await OpenAsync($"#token={Token}", gateways.Address);
        await page.SeeAsync("Overview ok");
        await page.ChooseAsync("Gateway", "gateway-b");
        await page.SeeAsync("Overview okgateway-b");

        // 502 while it stops: it listens no more, and the other one has not heard yet.
        ExpectTroubles(trouble => trouble.StartsWith("404 GET /admin/", StringComparison.Ordinal) || trouble.StartsWith("502 GET /admin/", StringComparison.Ordinal));
        await gateways.StopAsync("gateway-b");

        await page.SeeAsync("The gateway gateway-b is gone. gateway-a answers now.");
        await page.SeeAsync("gateway-a");
        await page.SeeNoMoreAsync("okgateway-b");
    }

    [BrowserFact]
    public async Task While_Redis_is_away_another_gateway_can_still_be_chosen()
    {
        var gateways = EndAfterPages(await GatewaysAsync());
        var page = await OpenAsync($"#token={Token}", gateways.Address);
        foreach (var name in new[] { "gateway-a", "gateway-b" })
        {
            await page.ChooseAsync("Gateway", name);
            await page.SeeAsync($"Overview ok{name}");
        }

        ExpectTroubles(trouble => trouble.StartsWith("503 GET /admin/", StringComparison.Ordinal));
        await gateways.StopRedisAsync();
        await page.SeeAsync("gateway-a (not heard of)");
        await page.ChooseAsync("Gateway", "gateway-a (not heard of)");
        await page.SeeAsync("Overview degradedgateway-a");
        await page.SeeAsync("gateway-b (not heard of)");
    }

    private static async Task<BalancedGateways> GatewaysAsync()
    {
        Assert.SkipWhen(Machine.CannotRunRedis is not null, Machine.CannotRunRedis ?? "");
        return await BalancedGateways.StartAsync(Token, ["gateway-a", "gateway-b"], Cancellation);
    }

    /// <summary>Gateways that know of one another, and what leads to them by turns.</summary>
    private sealed class BalancedGateways(RedisServer redis, Dictionary<string, LoneGateway> gateways, LoadBalancer balancer) : IAsyncDisposable
    {
        private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

        /// <summary>Where any of them answers.</summary>
        public Uri Address => balancer.Address;

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

            var started = new BalancedGateways(redis, gateways, await LoadBalancer.StartAsync(gateways.Values.Select(gateway => gateway.Address)));
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

        public Task StopRedisAsync() => redis.KillAsync();

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
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
            using var response = await _http.SendAsync(request, cancellationToken);
            return await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        }
    }
}
