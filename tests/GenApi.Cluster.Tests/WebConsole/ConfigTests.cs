using System.Text.Json;
using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests.WebConsole;

/// <summary>The console's configs: what services have pushed, and what of it was refused.</summary>
[Collection(SharedCluster.Name)]
public sealed class ConfigTests(RunningCluster cluster, RunningBrowser browser) : ConsoleTest(cluster, browser)
{
    private const string Refused = "Refused in the last 24 hours";

    [BrowserFact]
    public async Task The_services_are_shown_with_their_functions_and_nodes()
    {
        var page = await SignInAsync("Configs");

        var sample = Assert.Single(await page.Section("Services").ReadRowsAsync(), row => row["service"] == "sample");

        Assert.Equal("0", sample["disabled"]);
        Assert.All(Cluster.AppHost.Nodes, node => Assert.Contains(node.Address, sample["nodes"], StringComparison.Ordinal));
    }

    [BrowserFact]
    public async Task A_config_that_was_refused_is_shown_with_its_reasons_until_it_is_cleared()
    {
        await PushAsync("broken", """{"request_type":"get","arg_types":{"id":"nonsense"}}""");
        await PushAsync("wrong", """{"request_type":"put","timeout":7}""");
        var page = await SignInAsync("Configs");
        var refused = page.Section(Refused);

        await refused.SeeAsync($"{Refused}: 2");
        await refused.Row("broken/get").Cell("why").SeeAsync("arg_types.id: \"nonsense\" is not a type");
        await refused.Row("wrong/put").Cell("why").SeeAsync("timeout must be from 100 to 300000 ms");

        await refused.ChooseAsync("Service", "wrong");
        await refused.Row("broken/get").SeeNoMoreAsync();
        await refused.Row("wrong/put").SeeAsync();
        await refused.ChooseAsync("Service", "");
        await refused.Row("broken/get").SeeAsync();

        await refused.ClickAsync("Clean up");
        await page.SeeAsync("Removed 0 that were older than 24 hours.");
        await refused.SeeAsync($"{Refused}: 2");

        Assert.Equal("Remove all failed configs, with the reasons why they were refused?", await refused.ClickAndConfirmAsync("Clear"));

        await page.SeeAsync("Removed 2.");
        await refused.SeeAsync($"{Refused}: 0");
        await refused.SeeAsync("Nothing was refused.");
        var summary = await Cluster.Http.AdminAsync(HttpMethod.Get, "failed-configs/summary", null, Cancellation);
        Assert.Equal(0, summary.Answer.GetProperty("total").GetInt32());
    }

    [BrowserFact]
    public async Task Callers_are_told_a_functions_own_words_or_not()
    {
        const string box = "the function’s own words";
        const string args = """{"kind":"throw"}""";
        const string words = "This function was asked to throw.";
        var before = (await Cluster.Http.AdminAsync(HttpMethod.Get, "detail-error", null, Cancellation)).Answer.GetRawText();
        var page = await SignInAsync("Configs");
        try
        {
            await page.TickAsync(box, ticked: false);
            await Wait.UntilAsync(async () => (await CallAsync("fail", args)).Error?.Contains(words, StringComparison.Ordinal) is false);

            await page.TickAsync(box);
            await page.SeeAsync("Callers are told what functions say.");
            await Wait.UntilAsync(async () => (await CallAsync("fail", args)).Error?.Contains(words, StringComparison.Ordinal) is true);

            await page.TickAsync(box, ticked: false);
            await page.SeeAsync("Callers are told only that the function failed.");
            await Wait.UntilAsync(async () => (await CallAsync("fail", args)).Error?.Contains(words, StringComparison.Ordinal) is false);
        }
        finally
        {
            await Cluster.Http.AdminAsync(HttpMethod.Put, "detail-error", before, Cancellation);
        }
    }

    private async Task PushAsync(string service, string function)
    {
        var push = $$"""{"service":"{{service}}","config_version":"1","node":null,"fun_configs":[{{function}}]}""";
        var (status, answer) = await Cluster.Http.AdminAsync(HttpMethod.Post, "push", push, Cancellation);
        Assert.True(status == 422 && answer.ValueKind == JsonValueKind.Object, $"The push of {service} was not refused: {status} {answer}");
    }
}
