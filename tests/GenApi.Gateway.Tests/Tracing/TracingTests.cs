using System.Text.Json;
using GenApi.Gateway.Diagnostics.Tracing;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Events;
using GenApi.Node.Functions;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Tracing;

/// <summary>Tracing by the admin API, on real calls.</summary>
public sealed class TracingTests(EventCluster shared) : IClassFixture<EventCluster>
{
    private const string EchoArgs = """{"message":"hello"}""";

    private TestCluster Cluster => shared.Cluster;

    /// <summary>Each flag alone: what it shows of one call, and what that has in it.</summary>
    public static TheoryData<string, string, string, string> Flags => new()
    {
        { "call", "echo", """["call"]""", "\"args\":{\"message\":\"hello\"}" },
        { "return_trace", "echo", """["return_trace"]""", "\"success\":true,\"result\":\"hello\",\"duration_us\":" },
        { "return_trace", "throw", """["return_trace"]""", "\"success\":false,\"code\":\"function_error\",\"error\":\"The secret fault.\"" },
        { "return_trace,arity", "throw", """["return_trace"]""", "\"success\":false,\"code\":\"function_error\",\"error\":\"The function failed.\"" },
        { "return_trace", "add", """["return_trace"]""", "{\"argument\":\"a\",\"reason\":\"is missing\"}]" },
        { "return_to", "echo", """["return_to"]""", "\"user_id\":\"alice\",\"door\":\"http\",\"connection_id\":" },
        { "procs", "later", """["procs","procs"]""", "\"process\":\"worker\",\"action\":\"start\",\"pool\":\"async\"}" },
        { "ports", "echo", """["ports","ports"]""", "\"frame\":\"CALL\",\"direction\":\"sent\",\"bytes\":19}" },
        { "ports", "echo", """["ports","ports"]""", "\"frame\":\"RESULT\",\"direction\":\"received\",\"bytes\":7}" },
        { "call,timestamp", "echo", """["call"]""", "\"time\":\"20" },
        { "call,cpu_timestamp", "echo", """["call"]""", "\"cpu_us\":" },
        { "call,arity", "echo", """["call"]""", "\"arity\":1,\"arg_bytes\":{\"message\":7}" },
        { "return_trace,arity", "echo", """["return_trace"]""", "\"result_bytes\":7" },
        { "call,return_trace,silent", "echo", "[]", "\"counts\":{\"call\":1,\"return_trace\":1}" },
    };

    [Theory]
    [MemberData(nameof(Flags))]
    public async Task Each_flag_shows_what_it_stands_for(string flags, string function, string types, string words)
    {
        var (id, lines) = await TraceAsync($$"""{"target":"functions","service":"test","request_type":"{{function}}","flags":{{FlagList(flags)}}}""");
        using (lines)
        {
            await CallAsync(function, function is "throw" ? "{}" : EchoArgs);
            await CountedAsync(id, function == "later" || flags == "ports" ? 2 : 1);
            await StopAsync(id);
            var seen = await lines.RestAsync();

            Assert.Equal(types, JsonSerializer.Serialize(seen.SkipLast(1).Select(line => line.GetProperty("type").GetString())));
            Assert.Equal("end", seen[^1].GetProperty("type").GetString());
            Assert.Contains(seen, line => line.GetRawText().Contains(words, StringComparison.Ordinal));
            Assert.Equal(flags.Contains(",timestamp", StringComparison.Ordinal), seen[0].TryGetProperty("time", out _));
            Assert.Equal(flags.Contains("cpu_timestamp", StringComparison.Ordinal), seen[0].TryGetProperty("cpu_us", out _));
        }
    }

    /// <summary>The connection knows nothing of itself any more when the answer comes; that must not harm the call.</summary>
    [Fact]
    public async Task An_async_call_by_http_that_ends_after_its_connection_keeps_its_answer_and_its_worker()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            Nodes = ["a"],
            MoreFunctions = (functions, gates) => functions.Map("slow_report", [AnswerLater] async (string key, CancellationToken cancellationToken) =>
            {
                await gates[key].HoldAsync("a", cancellationToken);
                return "done";
            }),
        });
        var flags = string.Join(',', TraceFlagNames.All.Where(flag => flag is not ("silent" or "arity")).Select(flag => $"\"{flag}\""));
        Assert.Equal(201, (await cluster.Api.PostAsync("/admin/trace", $$"""{"target":"functions","service":"test","flags":[{{flags}}]}""", TestCluster.AdminToken)).Status);
        var token = await cluster.Api.TokenAsync("alice");
        var (key, gate) = cluster.Gates.New();
        using (var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = cluster.Gateway.Address })
        {
            var accepted = await new ApiClient(http).CallAsync("test", "slow_report", $$"""{"key":"{{key}}"}""", token, change: request => request.Headers.Add("X-Request-Id", "r1"));
            Assert.Equal(202, accepted.Status);
            await Wait.For(gate.Started);
        }

        gate.Release();
        await Wait.UntilAsync(async () => (await cluster.Api.GetAsync("/api/results/r1", token)) is { Status: 200, Success: true });
        await Wait.UntilAsync(async () => (await cluster.Api.GetAsync("/admin/pools", TestCluster.AdminToken)).Body.GetProperty("async_pool").GetProperty("busy_workers").GetInt32() == 0);
        Assert.DoesNotContain(cluster.Gateway.Log, line => line.Contains("could not be told", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secrets_are_redacted_at_any_depth_and_authorization_never_shows()
    {
        var (id, lines) = await TraceAsync("""{"target":"functions","service":"test","flags":["call","return_trace","return_to","procs","ports"]}""");
        using (lines)
        {
            await CallAsync("login", """{"user":"alice","password":"hunter2","more":{"API-Key":"k1","list":[{"clientSecret":{"a":"s1"}}],"shown":1}}""");
            await CallAsync("create_token", """{"user":"bob"}""");
            await StopAsync(id);
            var all = string.Join('\n', (await lines.RestAsync()).Select(line => line.GetRawText()));

            Assert.Contains("""{"user":"alice","password":"[redacted]","more":{"API-Key":"[redacted]","list":[{"clientSecret":"[redacted]"}],"shown":1}}""", all, StringComparison.Ordinal);
            Assert.Contains("\"access_token\":\"[redacted]\"", all, StringComparison.Ordinal);
            Assert.Contains("\"result\":\"[redacted]\"", all, StringComparison.Ordinal);
            foreach (var secret in new[] { "hunter2", "k1", "s1", "very secret", "token of bob", "Bearer", await Cluster.Api.TokenAsync("alice") })
            {
                Assert.DoesNotContain($"\"{secret}\"", all, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_stream_shows_its_worker_its_frames_and_each_chunk()
    {
        var (id, lines) = await TraceAsync("""{"target":"functions","request_type":"count","flags":["call","return_trace","return_to","procs","ports"]}""");
        using (lines)
        {
            using var http = new HttpClient { BaseAddress = Cluster.Gateway.Address };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/test/count") { Content = new StringContent("""{"count":2}""") };
            request.Headers.Authorization = new("Bearer", await Cluster.Api.TokenAsync("alice"));
            using var response = await http.SendAsync(request, Wait.Ended);
            await lines.UntilAsync(line => line.GetProperty("type").GetString() == "call");
            await StopAsync(id);
            var seen = await lines.RestAsync();

            Assert.Equal(
                ["worker start", "stream start", "stream end", "worker end"],
                seen.Where(line => line.GetProperty("type").ValueEquals("procs")).Select(line => $"{line.GetProperty("process")} {line.GetProperty("action")}"));
            Assert.Equal(
                ["1 True", "2 True", "null False"],
                seen.Where(line => line.GetProperty("type").ValueEquals("return_trace")).Select(line => $"{line.GetProperty("result").GetRawText()} {line.GetProperty("has_more").GetBoolean()}"));
            Assert.Equal(
                [false, false, true],
                seen.Where(line => line.GetProperty("type").ValueEquals("return_trace")).Select(line => line.TryGetProperty("duration_us", out var took) && took.GetInt64() > 0));
            Assert.Contains(seen, line => line.GetProperty("type").ValueEquals("ports") && line.GetProperty("frame").ValueEquals("ITEM"));
            Assert.Single(seen, line => line.GetProperty("type").ValueEquals("return_to"));
        }
    }

    /// <summary>A stream may have begun hours before anybody wants to see it.</summary>
    [Fact]
    public async Task A_trace_joins_the_streams_that_are_under_way()
    {
        var (key, gate) = Cluster.Gates.New();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Cluster.Gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/test/count_and_hold") { Content = new StringContent($$"""{"key":"{{key}}","count":1}""") };
        request.Headers.Authorization = new("Bearer", await Cluster.Api.TokenAsync("dora"));
        request.Headers.Add("X-Request-Id", "long-running");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Wait.Ended);
        await Wait.For(gate.Started);

        const string Flags = "\"flags\":[\"procs\",\"return_trace\",\"return_to\"]";
        var (existing, existingLines) = await TraceAsync($$"""{"target":"connections","connections":"existing","user_id":"dora",{{Flags}}}""");
        var (function, functionLines) = await TraceAsync($$"""{"target":"functions","request_type":"count_and_hold",{{Flags}}}""");
        var (later, laterLines) = await TraceAsync($$"""{"target":"connections","connections":"new","user_id":"dora",{{Flags}}}""");
        var (other, otherLines) = await TraceAsync($$"""{"target":"connections","connections":"all","user_id":"nobody",{{Flags}}}""");
        gate.Release();
        await response.Content.ReadAsStringAsync(Wait.Ended);
        foreach (var (id, lines, joined) in new[] { (existing, existingLines, true), (function, functionLines, true), (later, laterLines, false), (other, otherLines, false) })
        {
            using (lines)
            {
                if (joined)
                {
                    await CountedAsync(id, 5);
                }

                await StopAsync(id);
                var seen = (await lines.RestAsync()).SkipLast(1).ToList();

                Assert.Equal(
                    joined ? ["stream running", "return_trace", "return_to", "stream end", "worker end"] : [],
                    seen.Select(line => line.TryGetProperty("process", out var process) ? $"{process} {line.GetProperty("action")}" : line.GetProperty("type").GetString()!));
                Assert.All(seen, line => Assert.Equal("long-running", line.GetProperty("request_id").GetString()));
                Assert.Equal(joined ? 4 : 0, seen.Count(line => line.TryGetProperty("duration_us", out var took) && took.GetInt64() > 0));
            }
        }
    }

    [Theory]
    [InlineData("""{"target":"functions","service":"te*","request_type":"e*"}""", "echo", true)]
    [InlineData("""{"target":"functions"}""", "echo", true)]
    [InlineData("""{"target":"functions","request_type":"Echo"}""", "echo", false)]
    [InlineData("""{"target":"functions","service":"other"}""", "echo", false)]
    [InlineData("""{"target":"functions","version":"1.*"}""", "versioned", true)]
    [InlineData("""{"target":"functions","version":"2.*"}""", "versioned", false)]
    [InlineData("""{"target":"functions","version":"-"}""", "versioned", false)]
    [InlineData("""{"target":"functions","version":"-"}""", "echo", true)]
    [InlineData("""{"target":"functions","version":"*"}""", "echo", false)]
    [InlineData("""{"target":"functions","request_type":"unheard_of"}""", "unheard_of", true)]
    [InlineData("""{"target":"connections"}""", "echo", true)]
    [InlineData("""{"target":"connections","connections":"new","user_id":"alice"}""", "echo", true)]
    [InlineData("""{"target":"connections","connections":"existing"}""", "echo", false)]
    [InlineData("""{"target":"connections","user_id":"bob"}""", "echo", false)]
    [InlineData("""{"target":"connections","connection_id":"none"}""", "echo", false)]
    public async Task Only_what_fits_is_traced(string request, string function, bool traced)
    {
        var (id, lines) = await TraceAsync(request);
        using (lines)
        {
            await CallAsync(function, function == "echo" ? EchoArgs : "{}");
            await StopAsync(id);

            Assert.Equal(traced, (await lines.RestAsync()).Any(line => line.GetProperty("type").ValueEquals("call")));
        }
    }

    [Fact]
    public async Task Connections_show_their_start_their_calls_and_their_end()
    {
        await using var before = await HubClient.ConnectAsync(Cluster, await Cluster.Api.TokenAsync("carol"));
        var (newId, newLines) = await TraceAsync("""{"target":"connections","connections":"new","user_id":"carol"}""");
        var (oldId, oldLines) = await TraceAsync("""{"target":"connections","connections":"existing","user_id":"carol"}""");
        using (newLines)
        using (oldLines)
        {
            Assert.True((await before.CallAsync("echo", EchoArgs, requestId: "by the old")).Success);
            await using (var hub = await HubClient.ConnectAsync(Cluster, await Cluster.Api.TokenAsync("carol")))
            {
                Assert.True((await hub.CallAsync("echo", EchoArgs, requestId: "by the new")).Success);
            }

            var ended = await newLines.UntilAsync(line => line.TryGetProperty("action", out var action) && action.ValueEquals("end"));
            Assert.Equal(("connection", "carol", "hub"), (ended.GetProperty("process").GetString(), ended.GetProperty("user_id").GetString(), ended.GetProperty("door").GetString()));
            await StopAsync(newId);
            await StopAsync(oldId);
            var byOld = await oldLines.RestAsync();
            Assert.All(byOld.SkipLast(1), line => Assert.Equal("by the old", line.GetProperty("request_id").GetString()));
            Assert.NotEqual(1, byOld.Count);

            var connection = byOld[0].GetProperty("connection_id").GetString();
            var (id, lines) = await TraceAsync($$"""{"target":"connections","connection_id":"{{connection}}","flags":["call"]}""");
            using (lines)
            {
                Assert.True((await before.CallAsync("echo", EchoArgs, requestId: "again")).Success);
                await StopAsync(id);
                Assert.Equal("again", (await lines.RestAsync())[0].GetProperty("request_id").GetString());
            }
        }
    }

    [Fact]
    public async Task Under_load_every_call_is_shown_or_counted_as_dropped()
    {
        const int Calls = 2000;
        var (id, lines) = await TraceAsync("""{"target":"functions","request_type":"echo","flags":["call","return_trace","timestamp"]}""");
        using (lines)
        {
            var reading = lines.RestAsync();
            await using var hub = await HubClient.ConnectAsync(Cluster, await Cluster.Api.TokenAsync("alice"));
            await Parallel.ForAsync(0, Calls, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Wait.Ended }, async (i, _) =>
                Assert.True((await hub.CallAsync("echo", EchoArgs, requestId: $"r{i}")).Success));
            await StopAsync(id);
            var seen = await Wait.For(reading);

            var end = seen[^1];
            var dropped = end.GetProperty("dropped").GetInt64();
            Assert.Equal(Calls, end.GetProperty("counts").GetProperty("call").GetInt64());
            Assert.Equal(Calls, end.GetProperty("counts").GetProperty("return_trace").GetInt64());
            var shown = seen.Count(line => line.GetProperty("type").GetString() is "call" or "return_trace");
            Assert.Equal(2 * Calls, shown + dropped);
            Assert.Equal(dropped, seen.Where(line => line.GetProperty("type").ValueEquals("dropped")).Sum(line => line.GetProperty("count").GetInt64()));
        }
    }

    [Fact]
    public async Task It_ends_by_itself()
    {
        var (_, lines) = await TraceAsync("""{"target":"functions","duration_ms":1}""");
        using (lines)
        {
            Assert.Equal("expired", (await lines.RestAsync())[^1].GetProperty("reason").GetString());
        }
    }

    [Fact]
    public async Task Status_tells_of_every_trace_and_stop_all_ends_them()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        var first = await StartAsync(cluster, """{"target":"functions","service":"test","flags":["call","silent"]}""");
        var second = await StartAsync(cluster, """{"target":"connections","duration_ms":3600000}""");
        await cluster.Api.CallAsync("echo", EchoArgs);

        var status = (await cluster.Api.GetAsync("/admin/trace", TestCluster.AdminToken)).Body;
        Assert.Equal((true, 2, 8), (status.GetProperty("enabled").GetBoolean(), status.GetProperty("active").GetInt32(), status.GetProperty("max_traces").GetInt32()));
        var trace = status.GetProperty("traces")[0];
        Assert.Equal(first, trace.GetProperty("id").GetString());
        Assert.Equal("""["call","silent"]""", trace.GetProperty("flags").GetRawText());
        Assert.Equal(1, trace.GetProperty("counts").GetProperty("call").GetInt64());
        Assert.Equal(TimeSpan.FromSeconds(60), trace.GetProperty("ends_at").GetDateTimeOffset() - trace.GetProperty("started_at").GetDateTimeOffset());

        var stopped = await cluster.Api.DeleteAsync("/admin/trace/all", TestCluster.AdminToken);
        Assert.Equal([first, second], stopped.Body.EnumerateArray().Select(one => one.GetProperty("id").GetString()));
        status = (await cluster.Api.GetAsync("/admin/trace", TestCluster.AdminToken)).Body;
        Assert.Equal(0, status.GetProperty("active").GetInt32());
        Assert.Equal("stopped", status.GetProperty("traces")[0].GetProperty("ended").GetString());
        Assert.Equal(404, (await cluster.Api.DeleteAsync("/admin/trace/t99", TestCluster.AdminToken)).Status);
        Assert.Equal(404, (await cluster.Api.GetAsync("/admin/trace/t99/events", TestCluster.AdminToken)).Status);
    }

    [Fact]
    public async Task What_was_seen_waits_for_its_one_reader()
    {
        var id = await StartAsync(Cluster, """{"target":"functions","request_type":"echo","flags":["call"]}""");
        await CallAsync("echo", EchoArgs);
        using (var lines = await LineReader.OpenAsync(Cluster, $"/admin/trace/{id}/events"))
        {
            Assert.Equal("call", (await lines.NextAsync())!.Value.GetProperty("type").GetString());
            var second = await Cluster.Api.GetAsync($"/admin/trace/{id}/events", TestCluster.AdminToken);
            Assert.Equal((409, "unavailable"), (second.Status, second.Code));
        }

        // The reader is gone; the trace is not, and the next reader goes on where it left.
        await Wait.UntilAsync(async () => (await StatusOfAsync(id)).GetProperty("followed").ValueKind == JsonValueKind.False);
        await CallAsync("echo", EchoArgs);
        using var again = await LineReader.OpenAsync(Cluster, $"/admin/trace/{id}/events");
        Assert.Equal("call", (await again.NextAsync())!.Value.GetProperty("type").GetString());
        await StopAsync(id);
    }

    [Theory]
    [InlineData("{}", "target")]
    [InlineData("""{"target":"pids"}""", "target")]
    [InlineData("""{"target":"functions","user_id":"alice"}""", "user_id")]
    [InlineData("""{"target":"connections","service":"test"}""", "service")]
    [InlineData("""{"target":"connections","connections":"some"}""", "'some'")]
    [InlineData("""{"target":"functions","service":""}""", "service")]
    [InlineData("""{"target":"functions","flags":["call","calls"]}""", "'calls'")]
    [InlineData("""{"target":"functions","duration_ms":0}""", "duration_ms")]
    [InlineData("""{"target":"functions","duration_ms":3600001}""", "duration_ms")]
    [InlineData("""{"target":"functions","functions":"all"}""", "functions")]
    [InlineData("""{"target":"functions","flags":["timestamp"]}""", "flags has timestamp, which only says how things are shown, and nothing to show: add one or more of call, return_to, return_trace, procs, ports.")]
    [InlineData("""{"target":"functions","flags":["silent","arity"]}""", "nothing to show")]
    [InlineData("nonsense", "body")]
    public async Task A_wrong_request_is_400_and_says_what_is_wrong(string body, string words)
    {
        var answer = await Cluster.Api.PostAsync("/admin/trace", body, TestCluster.AdminToken);

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
        Assert.Contains(words, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_action_or_token_it_is_refused_with_a_line_in_the_log()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions
        {
            GatewaySettings = new Dictionary<string, string?> { ["GenApi:AdminActions:0"] = "create_token" },
        });
        var start = await cluster.Api.PostAsync("/admin/trace", """{"target":"functions"}""", TestCluster.AdminToken);
        var stop = await cluster.Api.DeleteAsync("/admin/trace/all", TestCluster.AdminToken);

        Assert.Equal((403, "permission_denied"), (start.Status, start.Code));
        Assert.Equal((403, "permission_denied"), (stop.Status, stop.Code));
        foreach (var action in new[] { "enable_tracing", "disable_tracing" })
        {
            Assert.Contains(cluster.Gateway.Log, line => line.Contains(action, StringComparison.Ordinal));
        }

        foreach (var token in new[] { null, "wrong", TestCluster.ClusterToken })
        {
            Assert.Equal(401, (await cluster.Api.PostAsync("/admin/trace", """{"target":"functions"}""", token)).Status);
            Assert.Equal(401, (await cluster.Api.DeleteAsync("/admin/trace/all", token)).Status);
            Assert.Equal(401, (await cluster.Api.GetAsync("/admin/trace", token)).Status);
            Assert.Equal(401, (await cluster.Api.GetAsync("/admin/trace/t1/events", token)).Status);
        }
    }

    [Fact]
    public async Task Traces_are_bounded_and_can_be_switched_off()
    {
        await using var few = await TestCluster.StartAsync(new TestClusterOptions { GatewaySettings = new Dictionary<string, string?> { ["GenApi:Tracing:MaxTraces"] = "1" } });
        await StartAsync(few, """{"target":"functions"}""");
        var tooMany = await few.Api.PostAsync("/admin/trace", """{"target":"functions"}""", TestCluster.AdminToken);
        Assert.Equal(409, tooMany.Status);
        Assert.Contains("MaxTraces", tooMany.Error, StringComparison.Ordinal);

        await using var none = await TestCluster.StartAsync(new TestClusterOptions { GatewaySettings = new Dictionary<string, string?> { ["GenApi:Tracing:Enabled"] = "false" } });
        var off = await none.Api.PostAsync("/admin/trace", """{"target":"functions"}""", TestCluster.AdminToken);
        Assert.Equal(409, off.Status);
        Assert.Contains("GenApi:Tracing:Enabled", off.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_by_the_interface()
    {
        var tracing = Cluster.Gateway.Services.GetRequiredService<IGatewayTracing>();
        var trace = tracing.Start(new TraceRequest { Target = "functions", RequestType = "node", Flags = ["call"] });
        await CallAsync("node", "{}");
        Assert.Equal("stopped", tracing.Stop(trace.Id)!.Ended);
        var seen = new List<TraceEvent>();
        await foreach (var one in tracing.ReadAsync(trace.Id, Wait.Ended))
        {
            seen.Add(one);
        }

        Assert.Equal(2, seen.Count);
        Assert.Equal(("call", "node", trace.Id), (seen[0].Type, seen[0].RequestType, seen[0].TraceId));
        Assert.Equal(("end", "stopped", trace.Id, 1, 0), (seen[1].Type, seen[1].Reason, seen[1].TraceId, seen[1].Counts!["call"], seen[1].Dropped));
        Assert.DoesNotContain(tracing.Status().Traces, one => one.Id == trace.Id);
        Assert.Throws<ArgumentException>(() => tracing.Start(new TraceRequest()));
        Assert.Throws<KeyNotFoundException>(() => tracing.ReadAsync("t99", Wait.Ended));
    }

    private static string FlagList(string flags) => JsonSerializer.Serialize(flags.Split(','));

    private static async Task<string> StartAsync(TestCluster cluster, string request)
    {
        var answer = await cluster.Api.PostAsync("/admin/trace", request, TestCluster.AdminToken);
        Assert.True(answer.Status == 201, answer.ToString());
        return answer.Body.GetProperty("id").GetString()!;
    }

    private async Task<(string Id, LineReader Lines)> TraceAsync(string request)
    {
        var id = await StartAsync(Cluster, request);
        return (id, await LineReader.OpenAsync(Cluster, $"/admin/trace/{id}/events"));
    }

    private async Task CallAsync(string function, string args) =>
        await Cluster.Api.CallAsync(TestFunctions.Service, function, args, await Cluster.Api.TokenAsync("alice"));

    private async Task StopAsync(string id) => Assert.Equal(200, (await Cluster.Api.DeleteAsync($"/admin/trace/{id}", TestCluster.AdminToken)).Status);

    private async Task<JsonElement> StatusOfAsync(string id) =>
        (await Cluster.Api.GetAsync("/admin/trace", TestCluster.AdminToken)).Body.GetProperty("traces").EnumerateArray().Single(trace => trace.GetProperty("id").ValueEquals(id));

    /// <summary>Waits until the trace has seen so many things.</summary>
    private Task CountedAsync(string id, int count) => Wait.UntilAsync(async () =>
        (await StatusOfAsync(id)).GetProperty("counts").EnumerateObject().Sum(type => type.Value.GetInt64()) >= count);
}
