using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using GenApi.Cluster.Tests.Clients;
using GenApi.Cluster.Tests.Running;
using GenApi.Testing.Processes;

namespace GenApi.Cluster.Tests.Docs;

/// <summary>Runs each command of docs/seed-map.md against a running cluster, as its user would.</summary>
public sealed partial class SeedMapTests
{
    private const string StreamId = "the-stream-to-stop";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What is typed after the command.</summary>
    private static readonly Dictionary<string, string[]> Arguments = new()
    {
        ["flow"] = ["sample", "echo"],
        ["inspect"] = ["""{"service":"sample","request_type":"echo","user_id":"alice","args":{"message":"hello"}}"""],
        ["limits check"] = ["sample", "echo", "--user", "alice"],
        ["limits global add"] = ["user_id", "100000", "1m"],
        ["limits global remove"] = ["user_id"],
        ["limits global set"] = ["""[{"key":"device_id","max_requests":100000,"window_ms":60000}]"""],
        ["limits reset"] = ["alice"],
        ["limits status"] = ["alice"],
        ["limits update"] = ["""{"enabled":true}"""],
        ["push"] = ["pushed.json"],
        ["streams stop"] = [StreamId],
        ["trace functions"] = ["sample", "echo"],
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [ClusterFact]
    public async Task Every_command_of_the_table_works_on_a_running_cluster()
    {
        await using var appHost = await AppHostProcess.StartReadyAsync(new AppHostStart { Arguments = ["--fresh"] }, Cancellation);
        using var caller = new HttpCaller(appHost.Gateway, appHost.AdminToken);
        var token = await caller.CreateTokenAsync("alice", Cancellation);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var stream = await StartStreamAsync(http, appHost.Gateway, token);
        await File.WriteAllTextAsync(
            Path.Combine(appHost.Folder, "pushed.json"), """{"service":"pushed","config_version":"1","fun_configs":[{"request_type":"f"}]}""", Cancellation);
        var page = await File.ReadAllTextAsync(Path.Combine(BuildFacts.RepositoryFolder, "docs", "seed-map.md"), Cancellation);
        var commands = Command().Matches(page).Select(row => row.Groups[1].Value).Distinct().Except(["verify"]).ToList();
        Assert.True(commands.Count > 35, $"Only {commands.Count} commands found.");

        foreach (var command in commands)
        {
            var plain = command.Replace(" --json", "", StringComparison.Ordinal);
            string[] typed = [.. command.Split(' '), .. Arguments.GetValueOrDefault(plain, [])];
            if (command == "events")
            {
                // Live: it goes on until it is ended.
                await AssertShowsEventsAsync(appHost, caller, token);
                continue;
            }

            var (exitCode, output) = await RunAsync(appHost, typed);
            Assert.True(exitCode == 0, $"genapi {string.Join(' ', typed)} ended with {exitCode}: {output}");
        }

        // What was pushed above is there.
        Assert.Equal(0, (await RunAsync(appHost, "verify", "pushed", "1")).ExitCode);
        Assert.Equal(1, (await RunAsync(appHost, "verify", "pushed", "2")).ExitCode);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(AppHostProcess appHost, params string[] arguments)
    {
        using var process = Start(appHost, arguments);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output + await errors);
        }
        catch
        {
            process.Kill();
            throw;
        }
    }

    private static async Task AssertShowsEventsAsync(AppHostProcess appHost, HttpCaller caller, string token)
    {
        using var process = Start(appHost, ["events", "--filter", "executor.request.stop", "--json"]);
        try
        {
            var line = process.StandardOutput.ReadLineAsync(Cancellation).AsTask();
            var patience = Task.Delay(Patience, Cancellation);
            while (!line.IsCompleted)
            {
                Assert.False(patience.IsCompleted, "No event was shown.");
                await caller.CallAsync(token, "echo", """{"message":"hello"}""", Cancellation);
            }

            Assert.Contains("request", await line, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static Process Start(AppHostProcess appHost, string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.Dotnet, [BuildFacts.CliAssembly, .. arguments])
        {
            WorkingDirectory = appHost.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XDG_STATE_HOME"] = appHost.Folder;
        start.Environment["NO_PROXY"] = "*";
        return Process.Start(start)!;
    }

    private static async Task<HttpResponseMessage> StartStreamAsync(HttpClient http, Uri gateway, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, "/api/sample/ticks"))
        {
            Content = new StringContent("""{"count":1000000,"interval_ms":100}""", Encoding.UTF8, "application/json"),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        request.Headers.Add("X-Request-Id", StreamId);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.True(response.IsSuccessStatusCode);
        return response;
    }

    [GeneratedRegex(@"^\| `\w+` \|.*\| `genapi ([^`]+)` \|\r?$", RegexOptions.Multiline)]
    private static partial Regex Command();
}
