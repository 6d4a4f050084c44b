using System.Text.Json;
using GenApi.Cluster.Tests.Clients;
using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests.WebConsole;

/// <summary>Trying a function on its page: what would become of a call, and what does.</summary>
[Collection(SharedCluster.Name)]
public sealed class TryItTests(RunningCluster cluster, RunningBrowser browser) : ConsoleTest(cluster, browser)
{
    private const string Arguments = "Arguments, a JSON object";

    [BrowserFact]
    public async Task Arguments_that_fit_are_proposed()
    {
        var page = await OpenFunctionAsync("echo");
        await page.Section("Try it").SeeAsync();
        await Wait.UntilAsync(async () => (await page.ReadFieldAsync(Arguments)).Contains("message", StringComparison.Ordinal));

        await page.ClickAsync("Call");

        await page.Section("Try it").SeeAsync("\"success\": true");
    }

    [BrowserFact]
    public async Task Inspect_says_that_a_call_would_run_and_where()
    {
        var page = await OpenFunctionAsync("sticky_counter");
        await page.FillAsync(Arguments, """{"user_id":"alice"}""");

        await page.ClickAsync("Inspect");

        await page.Section("Try it").SeeAsync("It would run, on http://");
        await page.Section("The way of a call").Item("argument validation").SeeAsync("passes");
    }

    [BrowserFact]
    public async Task Inspect_marks_the_step_that_fails_and_says_why()
    {
        var page = await OpenFunctionAsync("echo");
        await page.FillAsync(Arguments, "{}");

        await page.ClickAsync("Inspect");

        await page.Section("Try it").SeeAsync("It would end at argument validation");
        var step = page.Section("The way of a call").Item("argument validation");
        await step.SeeAsync("invalid_arguments");
        await step.SeeAsync("message");
        await page.Section("The way of a call").Item("permission").SeeAsync("passes");

        await page.ClickAsync("Clear");
        await step.SeeNoMoreAsync("invalid_arguments");
    }

    [BrowserFact]
    public async Task Inspect_for_nobody_in_particular_ends_where_a_user_is_asked_for()
    {
        var page = await OpenFunctionAsync("echo");
        await page.FillAsync(Arguments, """{"message":"hello"}""");
        await page.FillAsync("User", "");

        await page.ClickAsync("Inspect");

        await page.Section("Try it").SeeAsync("It would end at");
        await page.Section("The way of a call").SeeAsync("unauthenticated");
    }

    [BrowserFact]
    public async Task Roles_decide_where_a_role_is_asked_for()
    {
        var page = await OpenFunctionAsync("admin_stats");

        await page.ClickAsync("Inspect");
        await page.Section("Try it").SeeAsync("It would end at permission");
        await page.Section("The way of a call").SeeAsync("permission_denied");

        await page.FillAsync("Roles", "editor, admin");
        await page.ClickAsync("Inspect");
        await page.Section("Try it").SeeAsync("It would run");
    }

    [BrowserFact]
    public async Task Arguments_that_are_no_JSON_object_are_said_to_be_none()
    {
        var page = await OpenFunctionAsync("echo");

        await page.FillAsync(Arguments, """{"message":""");
        await page.ClickAsync("Call");
        await page.SeeAsync("The arguments are no JSON:");

        await page.FillAsync(Arguments, "[1]");
        await page.ClickAsync("Inspect");
        await page.SeeAsync("The arguments must be a JSON object");

        await page.ClickAsync("Close");
        await page.SeeNoMoreAsync("The arguments must be a JSON object");
    }

    [BrowserFact]
    public async Task A_call_shows_its_result()
    {
        var page = await OpenFunctionAsync("whoami");
        await page.FillAsync("User", "dora");
        await page.FillAsync("Roles", "reader, editor");

        await page.ClickAsync("Call");

        var shown = page.Section("Try it");
        await shown.SeeAsync("200 after ");
        await shown.SeeAsync("\"user_id\": \"dora\"");
        await shown.SeeAsync("\"roles\": [ \"reader\", \"editor\" ]");
    }

    [BrowserFact]
    public async Task A_stream_shows_its_chunks()
    {
        var page = await OpenFunctionAsync("ticks");
        await page.FillAsync(Arguments, """{"count":5}""");

        await page.ClickAsync("Call");

        await page.Section("Try it").SeeAsync("\"n\": 5");
        var answers = await ReadAnswersAsync(page);
        Assert.Equal([1, 2, 3, 4, 5], answers.Where(answer => answer.TryGetProperty("result", out var result) && result.ValueKind == JsonValueKind.Object)
            .Select(answer => answer.GetProperty("result").GetProperty("n").GetInt32()));
        await page.Section("Try it").SeeAsync("\"has_more\": false");
    }

    [BrowserFact]
    public async Task A_stream_can_be_stopped()
    {
        var page = await OpenFunctionAsync("ticks");
        await page.FillAsync(Arguments, """{"count":100000,"interval_ms":20}""");
        await page.FillAsync("User", "stefan");

        await page.ClickAsync("Call");
        await page.Section("Try it").SeeAsync("\"n\": 3");
        await page.ClickAsync("Stop");

        // The gateway hears of it, and ends the stream for good.
        await page.Section("Try it").SeeAsync("Call Clear");
        await Wait.UntilAsync(async () => (await Cluster.Http.AdminAsync(HttpMethod.Get, "streams", null, Cancellation)).Answer.EnumerateArray()
            .All(stream => stream.GetProperty("user_id").GetString() != "stefan"));
    }

    [BrowserFact]
    public async Task An_async_call_shows_the_acknowledgement_and_then_the_result()
    {
        var page = await OpenFunctionAsync("generate_report");
        await page.FillAsync(Arguments, """{"format":"html"}""");

        await page.ClickAsync("Call");

        await page.Section("Try it").SeeAsync("report.html");
        var answers = await ReadAnswersAsync(page);
        Assert.Equal(2, answers.Count);
        Assert.True(answers[0].GetProperty("async").GetBoolean());
        Assert.Equal(42, answers[1].GetProperty("result").GetProperty("pages").GetInt32());
        await page.Section("Try it").SeeAsync("202 after ");
        await page.Section("Try it").SeeAsync("200 after ");
    }

    [BrowserFact]
    public async Task A_call_that_fails_shows_its_status_and_its_code()
    {
        var page = await OpenFunctionAsync("fail");
        await page.FillAsync(Arguments, """{"kind":"throw"}""");

        await page.ClickAsync("Call");

        await page.Section("Try it").SeeAsync("500 after ");
        await page.Section("Try it").SeeAsync("\"code\": \"function_error\"");
        ExpectTrouble("500 POST /api/sample/fail");
    }

    /// <summary>The answers as they are shown: each is a status, a time, and JSON.</summary>
    private static async Task<IReadOnlyList<JsonElement>> ReadAnswersAsync(BrowserPage page)
    {
        var answers = new List<JsonElement>();
        var shown = await page.Section("Try it").ReadAsync();
        foreach (var part in shown.Split(" after ").Skip(1))
        {
            // The next answer's status may follow.
            var from = part.IndexOf('{', StringComparison.Ordinal);
            answers.Add(JsonElement.Parse(part[from..(part.LastIndexOf('}') + 1)]));
        }

        return answers;
    }
}
