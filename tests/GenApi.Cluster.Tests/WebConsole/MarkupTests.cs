using System.Text.Json;
using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests.WebConsole;

/// <summary>Whatever comes from outside is shown as the text that it is. As markup it would leave a trouble: its picture is not there, its script is refused.</summary>
[Collection(SharedCluster.Name)]
public sealed class MarkupTests(RunningCluster cluster, RunningBrowser browser) : ConsoleTest(cluster, browser)
{
    private const string Markup = "<img src=x onerror=alert(1)>";

    [BrowserFact]
    public async Task An_answer_with_markup_is_text()
    {
        var page = await OpenFunctionAsync("echo");
        await page.FillAsync("Arguments", $$"""{"message":"{{Markup}}"}""");

        await page.ClickAsync("Call");

        await page.Section("Try it").SeeAsync($"\"message\": \"{Markup}\"");
    }

    [BrowserFact]
    public async Task A_description_with_markup_is_text_and_its_function_can_be_deleted()
    {
        await PushAsync("markup", $$"""{"request_type":"show","description":"{{Markup}}","nodes":["http://localhost:9"]}""", 200);
        var page = await SignInAsync("Functions");
        await page.Section("markup").FollowAsync("show");
        await page.SeeAsync(Markup);

        Assert.Equal("Remove markup/show, until its service pushes a new config version?", await page.ClickAndConfirmAsync("Delete"));

        await page.Section("sample").SeeAsync();
        await page.Section("markup").SeeNoMoreAsync();
    }

    [BrowserFact]
    public async Task A_refused_config_with_markup_is_text()
    {
        await PushAsync("refused", $$$"""{"request_type":"show{{{Markup}}}","timeout":5,"arg_types":{"{{{Markup}}}":"{{{Markup}}}"}}""", 422);
        try
        {
            var page = await SignInAsync("Configs");

            await page.Section("Refused").Row("refused/").SeeAsync($"refused/show{Markup}");
            await page.Section("Refused").Row("refused/").Cell("why").SeeAsync(Markup);
        }
        finally
        {
            await Cluster.Http.AdminAsync(HttpMethod.Delete, "failed-configs", null, Cancellation);
        }
    }

    [BrowserFact]
    public async Task Events_and_traces_with_markup_are_text()
    {
        var events = await SignInAsync("Events");
        var traces = await SignInAsync("Traces");
        try
        {
            await traces.Section("Start one").FillAsync("Function", "echo");
            await traces.ClickAsync("Start and follow");
            var args = JsonSerializer.Serialize(new { message = Markup });

            await Wait.UntilAsync(async () =>
            {
                await CallAsync("echo", args, Markup);
                return (await events.ReadAsync()).Contains(Markup, StringComparison.Ordinal)
                    && (await traces.Section("What ").ReadAsync()).Contains(Markup, StringComparison.Ordinal);
            });

            await events.Row("executor.request.stop").SeeAsync(Markup);
            await traces.Section("What ").Row("call").Cell("user").SeeOnlyAsync(Markup);
            await traces.Section("What ").Row("return trace").Cell("more").SeeAsync(Markup);
        }
        finally
        {
            await Cluster.Http.AdminAsync(HttpMethod.Delete, "trace/all", null, Cancellation);
        }
    }

    private async Task PushAsync(string service, string function, int status)
    {
        var push = $$"""{"service":"{{service}}","config_version":"1","node":null,"fun_configs":[{{function}}]}""";
        var answer = await Cluster.Http.AdminAsync(HttpMethod.Post, "push", push, Cancellation);
        Assert.True(answer.Status == status, $"The push was answered by {answer.Status}: {answer.Answer}");
    }
}
