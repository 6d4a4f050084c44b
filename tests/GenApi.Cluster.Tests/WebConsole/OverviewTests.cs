using System.Globalization;
using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests.WebConsole;

/// <summary>The console's first page: how the gateway is, and what it does now.</summary>
[Collection(SharedCluster.Name)]
public sealed class OverviewTests(RunningCluster cluster, RunningBrowser browser) : ConsoleTest(cluster, browser)
{
    [BrowserFact]
    public async Task It_shows_health_and_every_gateway_and_how_many_nodes_there_are()
    {
        var page = await SignInAsync("Overview");

        await page.SeeAsync("Overview ok");
        await page.SeeAsync("nodes 2 of 2 reachable");
        if (Machine.CannotRunRedis is null)
        {
            var gateways = await page.Section("Gateways").ReadRowsAsync();
            Assert.Equal(["ok", "ok"], gateways.Select(row => row["status"]));
            Assert.All(gateways, row => Assert.Equal("2 of 2", row["nodes"]));
        }
    }

    [BrowserFact]
    public async Task Calls_are_counted_while_one_looks()
    {
        await CallAsync("echo", """{"message":"one more"}""");
        var page = await SignInAsync("Overview");
        var calls = page.Section("Functions by calls").Row("sample/echo").Cell("calls");
        var before = int.Parse(await calls.ReadAsync(), NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

        for (var call = 0; call < 3; call++)
        {
            Assert.True((await CallAsync("echo", """{"message":"one more"}""")).Success);
        }

        await calls.SeeOnlyAsync((before + 3).ToString("N0", CultureInfo.InvariantCulture));
    }

    [BrowserFact]
    public async Task Failures_are_counted_by_their_code()
    {
        Assert.Equal("function_error", (await CallAsync("fail", """{"kind":"throw"}""")).Code);
        var page = await SignInAsync("Overview");
        var failures = page.Section("Failures by code").Row("function_error").Cell("failures");
        var before = int.Parse(await failures.ReadAsync(), NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

        await CallAsync("fail", """{"kind":"error"}""");

        await failures.SeeOnlyAsync((before + 1).ToString("N0", CultureInfo.InvariantCulture));
    }

    [BrowserFact]
    public async Task A_function_leads_to_its_page()
    {
        await CallAsync("echo", """{"message":"hello"}""");
        var page = await SignInAsync("Overview");

        await page.Section("Functions by calls").Row("sample/echo").FollowAsync("echo");

        await page.SeeAsync("Functions / sample/echo@1.0.0");
        await page.SeeAsync("Answers what it was sent.");
    }

    [BrowserFact]
    public async Task The_OpenAPI_document_opens_in_a_tab_of_its_own()
    {
        var page = await SignInAsync("Overview");

        var document = await page.ClickAndOpenAsync("OpenAPI");

        await document.SeeAsync("\"openapi\": \"3.1");
        await document.SeeAsync("/api/sample/echo");
        Assert.Empty(await document.ReadTroublesAsync());
    }
}
