using GenApi.Cluster.Tests.Running;

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
}
