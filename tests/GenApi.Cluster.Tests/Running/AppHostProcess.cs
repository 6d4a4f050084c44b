using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using GenApi.Testing.Processes;

namespace GenApi.Cluster.Tests.Running;

/// <summary>How to start the AppHost.</summary>
public sealed record AppHostStart
{
    /// <summary>Whether by <c>dotnet run --project GenApi.AppHost</c>; otherwise its assembly is run, which starts sooner.</summary>
    public bool ByDotnetRun { get; init; }

    /// <summary>Arguments beside <c>--ports-from</c>. The default keeps nothing of an earlier run.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = ["--fresh"];

    /// <summary>First port; null: a free block.</summary>
    public int? PortsFrom { get; init; }

    /// <summary>Variables to set for it.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();
}

/// <summary>A resource in the table that the launcher prints.</summary>
/// <param name="Name">For example <c>sample-1</c>.</param>
/// <param name="Address">A URL, or host and port.</param>
/// <param name="Pid">Process id at that time.</param>
public sealed record ResourceRow(string Name, string Address, int Pid);

/// <summary>
/// The AppHost as a user starts it, with everything it started. It keeps its secrets and its state in a folder of its own, so it neither
/// disturbs the user's own cluster nor is disturbed by it; and it ends with this process, whatever happens to that.
/// </summary>
public sealed partial class AppHostProcess : IAsyncDisposable
{
    private const string MarkVariable = "GENAPI_TEST_CLUSTER";

    // The launcher's own promise.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    private readonly Process _process;
    private readonly Process _watchdog;
    private readonly Task _reading;
    private readonly HashSet<(int Id, long StartedAt)> _known = [];
    private readonly string _mark = Guid.NewGuid().ToString("N");

    private AppHostProcess(AppHostStart start)
    {
        PortsFrom = start.PortsFrom ?? FreePorts.FindBlock();
        Folder = Directory.CreateTempSubdirectory("genapi-cluster-").FullName;
        _process = Process.Start(Describe(start))!;
        _process.StandardInput.Close();
        _watchdog = StartWatchdog();
        _reading = Task.WhenAll(Output.ReadAsync(_process.StandardOutput), Errors.ReadAsync(_process.StandardError));
    }

    /// <summary>The number given for <c>--ports-from</c>.</summary>
    public int PortsFrom { get; }

    /// <summary>Where it keeps its state and its secrets.</summary>
    public string Folder { get; }

    /// <summary>Process id of what was started: the AppHost, or <c>dotnet run</c>. It leads a process group of its own.</summary>
    public int Id => _process.Id;

    /// <summary>Its standard output.</summary>
    public OutputLog Output { get; } = new();

    /// <summary>Its standard error.</summary>
    public OutputLog Errors { get; } = new();

    /// <summary>The gateway's base address.</summary>
    public Uri Gateway => new($"http://localhost:{PortsFrom}");

    /// <summary>The file that tells other tools of the user where the cluster is.</summary>
    public string StateFile => Path.Combine(Folder, "genapi", "apphost.json");

    /// <summary>The table of resources, empty until the cluster is ready.</summary>
    public IReadOnlyList<ResourceRow> Resources =>
        [.. Output.Lines.Select(line => TableRow().Match(line)).Where(match => match.Success)
            .Select(match => new ResourceRow(match.Groups[1].Value, match.Groups[2].Value, int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture)))];

    /// <summary>The sample nodes in the table.</summary>
    public IReadOnlyList<ResourceRow> Nodes => [.. Resources.Where(row => row.Name.StartsWith("sample", StringComparison.Ordinal))];

    /// <summary>The gateways, one or several.</summary>
    public IReadOnlyList<ResourceRow> Gateways => [.. Resources.Where(row => row.Name.StartsWith("gateway", StringComparison.Ordinal))];

    /// <summary>The admin token as printed.</summary>
    public string AdminToken => Output.Lines.SkipWhile(line => line != "Admin token:").Skip(2).First().Trim();

    /// <summary>The cluster token, from where the launcher remembers it.</summary>
    public string ClusterToken
    {
        get
        {
            var file = Directory.EnumerateFiles(Path.Combine(Folder, "Microsoft", "UserSecrets"), "secrets.json", SearchOption.AllDirectories).Single();
            using var secrets = JsonDocument.Parse(File.ReadAllText(file));
            return secrets.RootElement.GetProperty("Parameters:cluster-token").GetString()!;
        }
    }

    /// <summary>
    /// Every process of this cluster that runs now: the launcher, what it started, and what those started. They are found by a variable that
    /// children inherit whoever adopts them, and by their parents; and whatever was found once is looked for again.
    /// </summary>
    public IReadOnlyList<ProcessEntry> Processes
    {
        get
        {
            lock (_known)
            {
                var all = ProcessTable.All();
                var found = all
                    .Where(process => _known.Contains((process.Id, process.StartedAt)) || ProcessTable.HasVariable(process.Id, MarkVariable, _mark))
                    .ToHashSet();
                var grown = -1;
                while (grown != found.Count)
                {
                    grown = found.Count;
                    var parents = found.Select(process => process.Id).ToHashSet();
                    found.UnionWith(all.Where(process => parents.Contains(process.ParentId)));
                }

                _known.UnionWith(found.Select(process => (process.Id, process.StartedAt)));
                return [.. found];
            }
        }
    }

    /// <summary>Starts the AppHost.</summary>
    public static AppHostProcess Start(AppHostStart? start = null) => new(start ?? new AppHostStart());

    /// <summary>Starts the AppHost and waits until the cluster has answered its first call.</summary>
    public static async Task<AppHostProcess> StartReadyAsync(AppHostStart start, CancellationToken cancellationToken)
    {
        var started = Start(start);
        try
        {
            await started.WaitUntilReadyAsync(cancellationToken);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the cluster has answered its first call and everything about it is printed.</summary>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Output.WaitForAsync("the end of the table of resources", static line => line == "Ctrl-C stops everything.", cancellationToken);
            await Output.WaitForAsync("a first call answered", static line => line.StartsWith("First call answered", StringComparison.Ordinal), cancellationToken);
            await Output.WaitForAsync("the last printed command", static line => line.Contains("Bearer $TOKEN", StringComparison.Ordinal), cancellationToken);

            // Written beside the first call, so either may be first.
            while (!File.Exists(StateFile))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), cancellationToken);
            }

            // From here on they are all known, however they come to be orphaned.
            _ = Processes;
        }
        catch (TimeoutException timeout) when (Errors.Lines.Count > 0)
        {
            throw new TimeoutException($"{timeout.Message}\nStandard error:\n{Errors.Tail()}", timeout);
        }
    }

    /// <summary>Waits until what was started has ended.</summary>
    /// <returns>Its exit code; above 128 for the signal that ended it.</returns>
    /// <exception cref="TimeoutException">It runs on after the 10 seconds that the launcher promises.</exception>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(StopPatience);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The AppHost has not ended within {StopPatience.TotalSeconds} s. Written last:\n{Output.Tail()}");
        }

        // Its output may still be on the way; nothing that it started may hold the pipe open.
        await _reading.WaitAsync(StopPatience, cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Waits until no process of the cluster runs any more.</summary>
    /// <exception cref="TimeoutException">Some run on after 10 seconds; the message lists them.</exception>
    public async Task WaitUntilNothingRunsAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (Processes is { Count: > 0 } left)
        {
            if (Stopwatch.GetElapsedTime(started) > StopPatience)
            {
                throw new TimeoutException($"Still running:\n{string.Join('\n', left)}\nWritten last:\n{Output.Tail()}");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>Ends the cluster as a service manager would, and makes sure of it.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited)
            {
                UnixSignals.SendTerminate(Id);
                await WaitForExitAsync(CancellationToken.None);
            }

            await WaitUntilNothingRunsAsync(CancellationToken.None);
        }
        finally
        {
            // Only those that carry this cluster's mark.
            foreach (var left in Processes)
            {
                UnixSignals.SendKill(left.Id);
            }

            await _watchdog.StandardInput.WriteLineAsync("done");
            _watchdog.StandardInput.Close();
            await _watchdog.WaitForExitAsync();
            _watchdog.Dispose();
            _process.Dispose();
            Directory.Delete(Folder, recursive: true);
        }
    }

    /// <summary>
    /// Ends the AppHost and removes its folder if this process is killed: the system then closes the pipe, and the shell reads an end instead of a line.
    /// </summary>
    private Process StartWatchdog()
    {
        const string script = """
            read -r line && exit
            kill -TERM "$0"
            for try in {1..100}; do kill -0 "$0" && sleep 0.1 || break; done
            rm -rf "$1"
            """;
        string[] arguments = ["bash", "-c", script, Id.ToString(CultureInfo.InvariantCulture), Folder];
        return Process.Start(new ProcessStartInfo(Programs.Find("setsid")!, arguments) { RedirectStandardInput = true, RedirectStandardError = true })!;
    }

    private ProcessStartInfo Describe(AppHostStart start)
    {
        // A test run started in the background has SIGINT switched off, and would pass that on.
        var info = new ProcessStartInfo(Programs.Find("env")!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = BuildFacts.RepositoryFolder,
        };
        string[] program = start.ByDotnetRun
            ? ["run", "--project", "GenApi.AppHost", "--no-build", "-c", BuildFacts.Configuration, .. ArtifactsArguments(), "--"]
            : [BuildFacts.AppHostAssembly];
        string[] arguments =
        [
            "--default-signal=INT", Programs.Find("setsid")!, Programs.Dotnet, .. program,
            "--ports-from", PortsFrom.ToString(CultureInfo.InvariantCulture), .. start.Arguments,
        ];
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        ForeignVariables.RemoveFrom(info);
        info.Environment[MarkVariable] = _mark;
        info.Environment["XDG_STATE_HOME"] = Folder;
        info.Environment["APPDATA"] = Folder;
        foreach (var (name, value) in start.Environment)
        {
            info.Environment[name] = value;
        }

        return info;
    }

    private static string[] ArtifactsArguments() => BuildFacts.ArtifactsFolder is { Length: > 0 } folder ? ["--artifacts-path", folder] : [];

    [GeneratedRegex(@"^  ([a-z][a-z0-9-]*) +(\S+:\d+) +(\d+) +[\d.]+ s$")]
    private static partial Regex TableRow();
}
