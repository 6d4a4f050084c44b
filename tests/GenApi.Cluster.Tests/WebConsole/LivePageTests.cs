using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests.WebConsole;

/// <summary>What happens now: the console's streams, traces and events.</summary>
[Collection(SharedCluster.Name)]
public sealed class LivePageTests(RunningCluster cluster, RunningBrowser browser) : ConsoleTest(cluster, browser)
{
    private const string Endless = """{"count":1000000,"interval_ms":20}""";

    [BrowserFact]
    public async Task A_stream_under_way_is_shown_and_can_be_stopped()
    {
        using var stream = await Cluster.Http.StreamAsync(await Cluster.Http.CreateTokenAsync("sara", Cancellation), "ticks", Endless, Cancellation);
        Assert.NotNull(await stream.ReadLineAsync(Cancellation));
        var page = await SignInAsync("Streams");
        var row = page.Row("sample/ticks", "sara");
        await row.SeeAsync();

        var question = await row.ClickAndConfirmAsync("Stop");

        Assert.StartsWith("Stop the stream ", question, StringComparison.Ordinal);
        await page.SeeAsync("Stopped ");
        await row.SeeNoMoreAsync();

        // The caller sees its end, too.
        while (await stream.ReadLineAsync(Cancellation) is not null)
        {
        }
    }

    [BrowserFact]
    public async Task A_trace_shows_calls_and_answers_until_it_is_stopped()
    {
        var page = await SignInAsync("Traces");
        await page.Section("Start one").FillAsync("Service", "sample");
        await page.Section("Start one").FillAsync("Function", "echo");
        try
        {
            await page.ClickAsync("Start and follow");
            var trace = page.Section("Traces").Row("sample/echo");
            await trace.SeeAsync("call, return_trace, timestamp");
            var seen = page.Section("What ");

            // Following begins a little later than the trace.
            await Wait.UntilAsync(async () =>
            {
                await CallAsync("echo", """{"message":"seen by the trace"}""", "tina");
                await CallAsync("whoami", "{}", "tina");
                return (await seen.ReadAsync()).Contains("seen by the trace", StringComparison.Ordinal);
            });

            await seen.Row("return trace").SeeAsync("seen by the trace");
            var rows = await seen.ReadRowsAsync();
            Assert.Contains(rows, row => row["what"] == "call" && row["function"] == "sample/echo@1.0.0" && row["user"] == "tina" && row["more"].Contains("seen by the trace", StringComparison.Ordinal));
            Assert.DoesNotContain(rows, row => row["function"].Contains("whoami", StringComparison.Ordinal));

            await trace.ClickAsync("Stop");
            await page.SeeAsync(" is stopped.");
            await seen.SeeAsync("It has ended.");
            Assert.Empty(await RunningTracesAsync());
        }
        finally
        {
            await Cluster.Http.AdminAsync(HttpMethod.Delete, "trace/all", null, Cancellation);
        }
    }

    [BrowserFact]
    public async Task A_trace_of_connections_asks_for_other_things()
    {
        var page = await SignInAsync("Traces");
        var form = page.Section("Start one");
        try
        {
            await form.ChooseAsync("Trace", "connections");
            await form.SeeNoMoreAsync("Service");
            await form.ChooseAsync("Which", "new");
            await form.FillAsync("Of user", "tom");
            await form.TickAsync("procs");
            await form.ClickAsync("Start and follow");

            await page.Section("Traces").Row("connections").SeeAsync("of tom");
            await page.Section("Traces").Row("connections").SeeAsync("procs");
        }
        finally
        {
            await Cluster.Http.AdminAsync(HttpMethod.Delete, "trace/all", null, Cancellation);
        }
    }

    [BrowserFact]
    public async Task All_traces_are_stopped_at_once()
    {
        var page = await SignInAsync("Traces");
        try
        {
            foreach (var function in new[] { "list_users", "create_post" })
            {
                await Cluster.Http.AdminAsync(HttpMethod.Post, "trace", $$"""{"target":"functions","service":"sample","request_type":"{{function}}","flags":["call"]}""", Cancellation);
                await page.Section("Traces").Row($"sample/{function}").SeeAsync();
            }

            await page.ClickAsync("Stop all");

            await page.SeeAsync("All traces are stopped.");
            Assert.Empty(await RunningTracesAsync());
        }
        finally
        {
            await Cluster.Http.AdminAsync(HttpMethod.Delete, "trace/all", null, Cancellation);
        }
    }

    [BrowserFact]
    public async Task Events_are_shown_as_they_happen()
    {
        var page = await SignInAsync("Events");

        await CallUntilShownAsync("executor.request.start");

        await page.Row("executor.request.stop", "echo", "erik").SeeAsync();
        await page.ClickAsync("Clear");
        await page.SeeAsync("0 shown");

        await page.ClickAsync("Pause");
        await page.SeeAsync("Events paused");
        await CallAsync("echo", """{"message":"let go by"}""", "paul");
        await page.ClickAsync("Go on");
        await CallUntilShownAsync("vera", "vera");
        await page.SeeNoMoreAsync("paul");

        async Task CallUntilShownAsync(string text, string user = "erik") => await Wait.UntilAsync(async () =>
        {
            await CallAsync("echo", """{"message":"an event"}""", user);
            return (await page.ReadAsync()).Contains(text, StringComparison.Ordinal);
        });
    }

    [BrowserFact]
    public async Task A_filter_shows_only_events_that_fit()
    {
        var page = await SignInAsync("Events");
        await page.FillAsync("Filter", "genapi.executor.request.stop");
        await page.ClickAsync("Filter");
        await page.ClickAsync("Clear");

        await Wait.UntilAsync(async () =>
        {
            await CallAsync("echo", """{"message":"an event"}""", "erik");
            return (await page.ReadAsync()).Contains("erik", StringComparison.Ordinal);
        });

        Assert.All(await page.ReadRowsAsync(), row => Assert.Equal("executor.request.stop", row["event"]));
    }

    private async Task<IReadOnlyList<string>> RunningTracesAsync() =>
        [.. (await Cluster.Http.AdminAsync(HttpMethod.Get, "trace", null, Cancellation)).Answer.GetProperty("traces").EnumerateArray()
            .Where(trace => trace.GetProperty("ended").ValueKind == System.Text.Json.JsonValueKind.Null).Select(trace => trace.GetRawText())];
}
