using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests.WebConsole;

/// <summary>The console of a gateway that lets its admin look, and change nothing.</summary>
[Collection(SharedCluster.Name)]
public sealed class RefusedActionTests(RunningCluster cluster, RunningBrowser browser) : ConsoleTest(cluster, browser)
{
    private const string Token = "an-admin-token-for-looking-only-0001";

    [BrowserFact]
    public async Task What_is_switched_off_is_refused_in_the_gateways_words_and_nothing_looks_changed()
    {
        var gateway = EndAfterPages(await LoneGateway.StartAsync(new Dictionary<string, string> { ["GenApi__AdminToken"] = Token }, Cancellation));
        var page = await OpenAsync($"#token={Token}", gateway.Address);

        await GoToAsync(page, "Rate limits");
        await page.TickAsync("enforced", ticked: false);
        await page.SeeAsync("The action 'update_rate_limit_config' is switched off. Add it to GenApi:AdminActions to allow it.");
        ExpectTrouble("403 PUT /admin/rate-limits");
        await page.SeeAsync("Rate limits on");
        await Wait.UntilAsync(() => page.IsTickedAsync("enforced"));

        await GoToAsync(page, "Configs");
        await page.ClickAndConfirmAsync("Clear");
        await page.SeeAsync("The action 'manage_failed_configs' is switched off.");
        ExpectTrouble("403 DELETE /admin/failed-configs");

        await GoToAsync(page, "Traces");
        await page.ClickAsync("Start and follow");
        await page.SeeAsync("The action 'enable_tracing' is switched off.");
        ExpectTrouble("403 POST /admin/trace");

        await GoToAsync(page, "Functions");
        await page.SeeAsync("No node has pushed a function yet.");
        await page.Section("relay").FollowAsync("relay_msg");
        await page.ClickAndConfirmAsync("Disable");
        await page.SeeAsync("The action 'manage_functions' is switched off.");
        ExpectTrouble("403 POST /admin/functions/relay/relay_msg/-/disable");
        await page.ClickAsync("Call");
        await page.SeeAsync("The action 'create_token' is switched off.");
        ExpectTrouble("403 POST /admin/tokens");
    }

    [BrowserFact]
    public async Task A_gateway_that_is_gone_is_said_to_be_and_what_was_shown_stays()
    {
        var gateway = await LoneGateway.StartAsync(new Dictionary<string, string> { ["GenApi__AdminToken"] = Token }, Cancellation);
        var page = await OpenAsync($"#token={Token}", gateway.Address);
        try
        {
            await GoToAsync(page, "Streams");
            await page.SeeAsync("No stream is under way.");
        }
        finally
        {
            await gateway.DisposeAsync();
        }

        await page.SeeAsync("The gateway does not answer.");
        await page.SeeAsync("No stream is under way.");
        ExpectTroubles(trouble => trouble is "net::ERR_CONNECTION_REFUSED: GET /admin/streams" or "net::ERR_CONNECTION_REFUSED: GET /admin/cluster");
    }
}
