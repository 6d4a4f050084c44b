using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests.WebConsole;

/// <summary>The console's form, and how long somebody is signed in.</summary>
[Collection(SharedCluster.Name)]
public sealed class SignInTests(RunningCluster cluster, RunningBrowser browser) : ConsoleTest(cluster, browser)
{
    private const string Refusal = "The admin token is missing or wrong.";

    [BrowserFact]
    public async Task Without_a_token_there_is_the_form_whatever_page_was_asked_for()
    {
        var page = await OpenAsync("#/limits");

        await page.SeeAsync("GenApi console");
        await page.SeeAsync("Admin token");
        Assert.Equal("", await page.ReadFieldAsync("Admin token"));
        await page.SeeNoMoreAsync("Rate limits");
    }

    [BrowserFact]
    public async Task A_wrong_token_is_refused_in_the_gateways_words_and_the_form_stays()
    {
        var page = await OpenAsync();

        await page.FillAsync("Admin token", "not-the-admin-token");
        await page.ClickAsync("Sign in");

        await page.SeeAsync(Refusal);
        await page.SeeAsync("Admin token");
        await page.ReloadAsync();
        await page.SeeAsync("Admin token");
        await page.SeeNoMoreAsync("Overview");
        ExpectTrouble("401 GET /admin/detail-error");
    }

    [BrowserFact]
    public async Task The_right_token_opens_the_overview_until_one_signs_out()
    {
        var page = await OpenAsync();

        await page.FillAsync("Admin token", Cluster.AppHost.AdminToken);
        await page.ClickAsync("Sign in");
        await page.SeeAsync("Overview ok");

        await page.ReloadAsync();
        await page.SeeAsync("Overview ok");

        await page.ClickAsync("Sign out");
        await page.SeeAsync("Admin token");
        await page.SeeNoMoreAsync("Overview");

        await page.ReloadAsync();
        await page.SeeAsync("Admin token");
    }

    [BrowserFact]
    public async Task The_token_of_a_user_with_the_admin_role_does_as_well()
    {
        var page = await OpenAsync();

        await page.FillAsync("Admin token", await Cluster.Http.CreateTokenAsync("carol", Cancellation, "genapi-admin"));
        await page.ClickAsync("Sign in");

        await page.SeeAsync("Overview ok");
    }

    [BrowserFact]
    public async Task A_user_without_that_role_is_refused()
    {
        var page = await OpenAsync();

        await page.FillAsync("Admin token", await Cluster.Http.CreateTokenAsync("alice", Cancellation, "editor"));
        await page.ClickAsync("Sign in");

        await page.SeeAsync("Only users with the role genapi-admin may use the admin API.");
        ExpectTrouble("403 GET /admin/detail-error");
    }

    [BrowserFact]
    public async Task A_token_in_the_address_signs_in_and_is_taken_out_of_it()
    {
        var page = await OpenAsync($"#token={Cluster.AppHost.AdminToken}");

        await page.SeeAsync("Overview ok");

        Assert.Equal(new Uri(Cluster.AppHost.Gateway, "/console/").AbsoluteUri, await page.ReadAddressAsync());
    }

    [BrowserFact]
    public async Task A_token_that_the_gateway_no_longer_takes_leads_back_to_the_form()
    {
        var page = await SignInAsync("Health");
        await page.Section("Checks").SeeAsync();

        await page.KeepInTabAsync("genapi-token", "a-token-of-yesterday");
        await page.ReloadAsync();

        await page.SeeAsync(Refusal);
        await page.SeeAsync("Admin token");
        await page.SeeNoMoreAsync("Checks");

        // The page and the list of gateways ask at the same time; the first refusal may keep the other from being heard.
        ExpectTroubles(trouble => trouble is "401 GET /admin/health" or "401 GET /admin/cluster");

        await page.FillAsync("Admin token", Cluster.AppHost.AdminToken);
        await page.ClickAsync("Sign in");
        await page.Section("Checks").SeeAsync();
    }

    [BrowserFact]
    public async Task A_tab_of_its_own_asks_anew()
    {
        await (await SignInAsync("Overview")).SeeAsync("Overview ok");

        var other = await OpenAsync();

        await other.SeeAsync("Admin token");
    }
}
