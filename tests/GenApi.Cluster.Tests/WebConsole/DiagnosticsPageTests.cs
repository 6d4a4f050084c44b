using GenApi.Cluster.Tests.Clients;
using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests.WebConsole;

/// <summary>How all of it is: the console's pages Cluster, Health and Debug.</summary>
[Collection(SharedCluster.Name)]
public sealed class DiagnosticsPageTests(RunningCluster cluster, RunningBrowser browser) : ConsoleTest(cluster, browser)
{
    [BrowserFact]
    public async Task Cluster_shows_the_gateways_the_nodes_and_what_runs_where()
    {
        var page = await SignInAsync("Cluster");

        var gateways = await page.Section("Gateways").ReadRowsAsync();
        Assert.Equal(Cluster.AppHost.Gateways.Count, gateways.Count);
        Assert.All(gateways, row => Assert.Equal("ok", row["status"]));
        Assert.Single(gateways, row => row["gateway"].Contains("this one", StringComparison.Ordinal));

        var nodes = await page.Section("Nodes").ReadRowsAsync();
        Assert.Equal(2, nodes.Count);
        Assert.All(Cluster.AppHost.Nodes, node => Assert.Contains(nodes, row => row["node"].StartsWith(node.Address, StringComparison.Ordinal)));
        Assert.All(nodes, row => Assert.Equal(("reachable", "closed"), (row["link"], row["breaker"])));
        Assert.All(nodes, row => Assert.StartsWith("sample", row["services"], StringComparison.Ordinal));
        await page.Section("What runs where").SeeAsync();
    }

    [BrowserFact]
    public async Task Another_gateways_console_is_a_click_away_and_asks_for_the_token()
    {
        Assert.SkipUnless(Machine.CannotRunRedis is null, "There is one gateway where there is no Redis.");
        var page = await SignInAsync("Cluster");
        var other = Cluster.AppHost.Gateways[1];
        var port = new Uri(other.Address).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var row = page.Section("Gateways").Row(port);

        await row.FollowAsync((await row.Cell("address").ReadAsync()).Split(' ')[0]);

        await page.SeeAsync("Admin token");
        Assert.EndsWith($":{port}/console/", await page.ReadAddressAsync(), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Health_shows_every_check_and_reconciles()
    {
        var page = await SignInAsync("Health");

        await page.SeeAsync("Health ok");
        var checks = await page.Section("Checks").ReadRowsAsync();
        Assert.True(checks.Count > 3);
        Assert.All(checks, row => Assert.Equal("ok", row["status"]));
        await page.Section("Runtime").SeeAsync("memory of the process");
        foreach (var node in Cluster.AppHost.Nodes)
        {
            await page.Section("Nodes").SeeAsync(node.Address);
        }

        await page.ClickAsync("Reconcile");
        await page.SeeAsync("All gateways compared what they know with what is stored.");
    }

    [BrowserFact]
    public async Task Debug_shows_connections_links_functions_tables_and_stacks()
    {
        await CallAsync("echo", """{"message":"hello"}""");
        await using var client = JavaScriptClient.Start();
        await client.ConnectAsync(Cluster.AppHost.Gateway, await Cluster.Http.CreateTokenAsync("hanna", Cancellation), Cancellation);
        var page = await SignInAsync("Debug");

        await page.Section("Connections").Row("hanna").Cell("calls").SeeOnlyAsync("0");
        Assert.Equal(2, (await page.Section("Links to nodes").ReadRowsAsync()).Count);
        await page.Section("Functions by the time they took").Row("sample/echo@1.0.0").SeeAsync();
        Assert.Contains(await page.Section("Tables in memory").ReadRowsAsync(), row => row["table"].Length > 0 && row["entries"] != "0");

        await page.Section("Stacks").SeeAsync("Not taken yet.");
        await page.ClickAsync("Take them");
        await page.Section("Stacks").SeeAsync("thread in ");
        await page.Section("Stacks").SeeNoMoreAsync("Not taken yet.");
    }
}
