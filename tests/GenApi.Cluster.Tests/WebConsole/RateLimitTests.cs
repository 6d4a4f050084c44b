using GenApi.Cluster.Tests.Clients;
using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests.WebConsole;

/// <summary>The console's rate limits: setting one, how far somebody has used it, and taking it away.</summary>
[Collection(SharedCluster.Name)]
public sealed class RateLimitTests(RunningCluster cluster, RunningBrowser browser) : ConsoleTest(cluster, browser)
{
    private const string Everywhere = "Over all functions";
    private const string Single = "Of single functions";
    private const string Form = "Add or replace a limit";
    private const string Use = "How far somebody has used them";

    [BrowserFact]
    public async Task A_limit_over_all_functions_is_set_used_reset_and_removed()
    {
        // A key of its own: nobody else sends this argument.
        const string key = "message";
        var page = await SignInAsync("Rate limits");
        try
        {
            await page.Section(Form).FillAsync("By", key);
            await page.Section(Form).ChooseAsync("Taken from", "argument");
            await page.Section(Form).FillAsync("Calls", "2");
            await page.Section(Form).FillAsync("Seconds", "600");
            await page.Section(Form).ClickAsync("Set");
            await page.SeeAsync("The limit is in force.");
            var limit = Assert.Single(await page.Section(Everywhere).ReadRowsAsync(), row => row["by"] == $"{key} (argument)");
            Assert.Equal(("all", "2", "10 min"), (limit["function"], limit["at most"], limit["in any"]));
            await Wait.UntilAsync(async () => await page.Section(Form).ReadFieldAsync("Calls") == "");

            const string args = """{"message":"limited here"}""";
            Assert.Equal(200, await StatusAsync("echo", args));
            Assert.Equal(200, await StatusAsync("echo", args));
            Assert.Equal(429, await StatusAsync("echo", args));
            await LookAsync(page, "limited here", key);
            await page.Section(Use).Row(key, "limited here").SeeAsync("2 of 2");
            await page.Section(Use).Row(key, "limited here").SeeAsync("denied for");

            await page.Section(Use).ClickAsync("Reset");
            await page.SeeAsync("The counters of limited here are reset.");
            await page.Section(Use).Row(key, "limited here").SeeAsync("0 of 2");
            await page.Section(Use).Row(key, "limited here").SeeAsync("admitted");
            Assert.Equal(200, await StatusAsync("echo", args));
            await page.Section(Use).Row(key, "limited here").SeeAsync("1 of 2");

            await page.ClickAndConfirmAsync("Reset all counters");
            await page.SeeAsync(" counters.");
            await page.Section(Use).Row(key, "limited here").SeeAsync("0 of 2");

            var question = await page.Section(Everywhere).Row(key).ClickAndConfirmAsync("Remove");
            Assert.Equal($"Remove the limit of 2 calls in 10 min by {key}?", question);
            await page.SeeAsync("The limit is removed.");
            await page.Section(Everywhere).Row(key).SeeNoMoreAsync();
        }
        finally
        {
            await Cluster.Http.AdminAsync(HttpMethod.Delete, $"rate-limits/global/{key}", null, Cancellation);
        }
    }

    [BrowserFact]
    public async Task A_limit_of_one_function_leaves_the_others_alone()
    {
        var before = (await Cluster.Http.AdminAsync(HttpMethod.Get, "rate-limits", null, Cancellation)).Answer.GetProperty("api").GetRawText();
        var page = await SignInAsync("Rate limits");
        try
        {
            await page.Section(Form).FillAsync("By", "user_id");
            await page.Section(Form).FillAsync("Calls", "1");
            await page.Section(Form).FillAsync("Seconds", "600");
            await page.Section(Form).FillAsync("Service", "sample");
            await page.Section(Form).FillAsync("Function", "list_users");
            await page.Section(Form).ClickAsync("Set");
            await page.Section(Single).Row("sample/list_users", "user_id").Cell("at most").SeeOnlyAsync("1");

            Assert.Equal(200, await StatusAsync("list_users"));
            Assert.Equal(429, await StatusAsync("list_users"));
            Assert.Equal(200, await StatusAsync("whoami"));
            await LookAsync(page, "lisa", "user_id");
            await page.Section(Use).Row("lisa", "sample").SeeAsync("1 of 1");

            await page.Section(Single).Row("sample/list_users").ClickAndConfirmAsync("Remove");
            await page.Section(Single).Row("sample/list_users").SeeNoMoreAsync();
            Assert.Equal(200, await StatusAsync("list_users"));
        }
        finally
        {
            await Cluster.Http.AdminAsync(HttpMethod.Put, "rate-limits", $$"""{"api_limits":{{before}}}""", Cancellation);
            await Cluster.Http.AdminAsync(HttpMethod.Post, "rate-limits/reset", """{"key_value":"lisa","rate_limit_key":"user_id"}""", Cancellation);
        }
    }

    [BrowserFact]
    public async Task A_limit_that_makes_no_sense_is_refused_in_the_gateways_words()
    {
        var page = await SignInAsync("Rate limits");
        await page.Section(Form).FillAsync("By", "user_id");
        await page.Section(Form).FillAsync("Calls", "5");
        await page.Section(Form).FillAsync("Seconds", "99999999");
        await page.Section(Form).ClickAsync("Set");

        await page.SeeAsync("window_ms");
        await page.SeeNoMoreAsync("The limit is in force.");
        ExpectTrouble("400 POST /admin/rate-limits/global");
    }

    [BrowserFact]
    public async Task Limits_are_switched_off_and_on()
    {
        var page = await SignInAsync("Rate limits");
        await page.SeeAsync("Rate limits on");
        try
        {
            await page.TickAsync("enforced", ticked: false);
            await page.SeeAsync("Limits are no longer enforced.");
            await page.SeeAsync("Rate limits off");

            await page.TickAsync("enforced");
            await page.SeeAsync("Limits are enforced.");
            await page.SeeAsync("Rate limits on");
        }
        finally
        {
            await Cluster.Http.AdminAsync(HttpMethod.Put, "rate-limits", """{"enabled":true}""", Cancellation);
        }
    }

    private async Task<int> StatusAsync(string function, string args = "{}") => (await CallAsync(function, args, "lisa")).HttpStatus;

    private static async Task LookAsync(BrowserPage page, string value, string key)
    {
        await page.Section(Use).FillAsync("Value", value);
        await page.Section(Use).FillAsync("Key", key);
        await page.Section(Use).ClickAsync("Look");
    }
}
