using GenApi.Cluster.Tests.Clients;
using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests.WebConsole;

/// <summary>The console's list of functions, and switching one of them off and on.</summary>
[Collection(SharedCluster.Name)]
public sealed class FunctionTests(RunningCluster cluster, RunningBrowser browser) : ConsoleTest(cluster, browser)
{
    [BrowserFact]
    public async Task Searching_narrows_the_list()
    {
        var page = await SignInAsync("Functions");
        var all = await page.Section("sample").ReadRowsAsync();
        Assert.True(all.Count > 10);

        await page.FillAsync("Search functions", "user");

        await page.Section("sample").Row("create_post").SeeNoMoreAsync();
        var found = await page.Section("sample").ReadRowsAsync();
        Assert.Equal(["get_user", "list_users"], found.Select(row => row["function"]).Order(StringComparer.Ordinal));
        Assert.All(found, row => Assert.Equal(("1.0.0", "sync", "2 of 2"), (row["version"], row["answers"], row["nodes"])));

        await page.FillAsync("Search functions", "nothing is called so");
        await page.SeeAsync("No function fits.");

        await page.FillAsync("Search functions", "");
        await page.Section("sample").Row("create_post").SeeAsync();
    }

    [BrowserFact]
    public async Task What_is_typed_stays_while_the_list_is_asked_for_anew()
    {
        var page = await SignInAsync("Functions");
        await page.FillAsync("Search functions", "whoami");
        var calls = page.Section("sample").Row("whoami").Cell("calls");
        var before = await calls.ReadAsync();

        await CallAsync("whoami", "{}");

        await calls.SeeNoMoreAsync(before);
        Assert.Equal("whoami", await page.ReadFieldAsync("Search functions"));
        Assert.Single(await page.Section("sample").ReadRowsAsync());
    }

    [BrowserFact]
    public async Task A_function_shows_its_way_its_settings_and_its_arguments()
    {
        var page = await OpenFunctionAsync("create_post");

        await page.SeeAsync("Shows the constraints that arguments can have.");
        var flow = (await Cluster.Http.AdminAsync(HttpMethod.Get, "flows/sample/create_post", null, Cancellation)).Answer;
        var phases = flow.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("phase").GetString()!.Replace('_', ' ')).ToList();
        var steps = await page.Section("The way of a call").ReadItemsAsync();
        Assert.Equal(12, steps.Count);
        Assert.All(steps.Zip(phases), step => Assert.StartsWith(step.Second, step.First, StringComparison.Ordinal));

        var title = Assert.Single(await page.Section("Arguments").ReadRowsAsync(), row => row["argument"] == "title");
        Assert.Equal("string", title["type"]);
        Assert.Contains("max_bytes 200", title["constraints"], StringComparison.Ordinal);
        await page.Section("Settings").SeeAsync("permission Everyone whom the gateway lets in");
        Assert.Equal(["reachable", "reachable"], (await page.Section("Nodes").ReadRowsAsync()).Select(row => row["link"]));
    }

    [BrowserFact]
    public async Task A_function_that_is_disabled_is_refused_until_it_is_enabled()
    {
        var page = await OpenFunctionAsync("list_users");
        Assert.True((await CallAsync("list_users", "{}")).Success);
        try
        {
            var question = await page.ClickAndConfirmAsync("Disable");

            Assert.Equal("Refuse all calls of sample/list_users@1.0.0?", question);
            await page.SeeAsync("Its calls are refused now.");
            await page.SeeAsync("sample/list_users@1.0.0 disabled");
            var refused = await CallAsync("list_users", "{}");
            Assert.Equal((404, "disabled"), (refused.HttpStatus, refused.Code));

            await GoToAsync(page, "Functions");
            await page.Section("sample").Row("list_users").Cell("nodes").SeeOnlyAsync("disabled");
            await page.TickAsync("disabled only");
            await page.Section("sample").Row("echo").SeeNoMoreAsync();
            Assert.Equal("list_users", Assert.Single(await page.Section("sample").ReadRowsAsync())["function"]);

            await page.Section("sample").FollowAsync("list_users");
            await page.ClickAsync("Enable");

            await page.SeeAsync("It can be called again.");
            await page.SeeNoMoreAsync("sample/list_users@1.0.0 disabled");
            Assert.True((await CallAsync("list_users", "{}")).Success);
        }
        finally
        {
            await EnableEverywhereAsync("list_users");
        }
    }

    [BrowserFact]
    public async Task A_function_that_does_not_exist_says_so()
    {
        var page = await SignInAsync("Functions");

        await page.GoAsync(new Uri(Cluster.AppHost.Gateway, "/console/#/functions/sample/nowhere/1.0.0"));

        await page.SeeAsync("nowhere");
        ExpectTrouble("404 GET /admin/flows/sample/nowhere");
    }

    private async Task EnableEverywhereAsync(string function)
    {
        await Cluster.Http.SwitchAsync(function, "enable", Cancellation);
        foreach (var gateway in Cluster.AppHost.Gateways)
        {
            using var http = new HttpCaller(new Uri(gateway.Address), Cluster.AppHost.AdminToken);
            await http.WaitForCodeAsync(await http.CreateTokenAsync("alice", Cancellation), function, "{}", null, Cancellation);
        }
    }
}
