using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace GenApi.AppHost.LocalCluster;

/// <summary>Runs the described cluster as processes of this machine, from start to stop.</summary>
internal sealed class Launcher(
    LaunchOptions options, IConfiguration configuration, string appHostDirectory, IReadOnlyList<IResource> resources, TimeProvider time)
{
    private readonly IReadOnlyList<ProjectResource> _projects = [.. resources.OfType<ProjectResource>()];
    private readonly Dictionary<IResource, IReadOnlyList<SupervisedProcess>> _processes = [];
    private readonly Dictionary<IResource, TaskCompletionSource> _ready = [];

    /// <summary>Starts the cluster, runs it until it is told to stop, and stops it.</summary>
    /// <returns>The exit code: 0 after a stop, 1 if a resource cannot start, 2 for wrong input.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var signals = new StopSignals(time, cancellationToken);
        try
        {
            var notes = new List<string>();
            CheckReplicas();
            var redis = PlanRedis(notes);
            var firstPort = PortPlan.Assign(_projects, options.PortsFrom);
            await PortPlan.EnsureFreeAsync(_projects, time, signals.Stopping);
            return await RunProcessesAsync(redis, firstPort, notes, signals);
        }
        catch (LaunchException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
        catch (OperationCanceledException) when (signals.Stopping.IsCancellationRequested)
        {
            return 0;
        }
    }

    /// <summary>A misspelt name in the configuration would otherwise be ignored in silence.</summary>
    private void CheckReplicas()
    {
        foreach (var replicas in configuration.GetSection(LauncherConfiguration.ReplicasSection).GetChildren())
        {
            if (!_projects.Any(project => string.Equals(project.Name, replicas.Key, StringComparison.OrdinalIgnoreCase)))
            {
                throw new LaunchException($"{replicas.Path} is set, but there is no '{replicas.Key}'. Projects here: {string.Join(", ", _projects.Select(project => project.Name))}.");
            }
        }
    }

    /// <summary>Finds out whether Redis can run, and what follows if not.</summary>
    private string? PlanRedis(List<string> notes)
    {
        if (!resources.OfType<RedisResource>().Any())
        {
            return null;
        }

        var program = options.NoRedis ? null : RedisServer.FindProgram();
        if (program is null)
        {
            var why = options.NoRedis ? "Running without Redis, as asked." : "No redis-server or valkey-server on PATH: running without Redis.";
            var single = _projects.Where(project => project.Connections.Any(connection => connection.Resource is RedisResource)).ToArray();
            foreach (var project in single)
            {
                project.Replicas = 1;
            }

            notes.Add($"{why} State is kept in memory, in one {string.Join(", ", single.Select(project => project.Name))} process, and is lost when it stops.");
        }

        return program;
    }

    private async Task<int> RunProcessesAsync(string? redis, int firstPort, List<string> notes, StopSignals signals)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var prober = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(2) };
        var plans = Plan(redis, firstPort, prober, notes);

        await using var log = new ClusterLog([.. plans.SelectMany(plan => plan.Processes).Select(process => process.Name)], signals.Stop);
        await using var guard = OperatingSystem.IsWindows() ? null : new OrphanGuard();
        notes.ForEach(log.Say);

        var started = time.GetTimestamp();
        foreach (var (resource, processes) in plans)
        {
            _processes[resource] = [.. processes.Select(process => new SupervisedProcess(process, guard, log, time))];
            _ready[resource] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        var running = plans.Select(plan => RunResourceAsync((Resource)plan.Resource, log, signals)).ToArray();
        var exitCode = 0;
        try
        {
            await Task.WhenAll(_ready.Values.Select(ready => ready.Task)).WaitAsync(signals.Stopping);
            log.Show(DescribeCluster(time.GetElapsedTime(started)));
            await Task.Delay(Timeout.InfiniteTimeSpan, signals.Stopping);
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
        catch (LaunchException exception)
        {
            log.Say(exception.Message);
            exitCode = 1;
            signals.Stop();
        }

        log.Say("Stopping. Ctrl-C again stops at once.");
        await new StopSequence(_processes, log, time).RunAsync(signals.Hurry);
        await Task.WhenAll(running);
        return exitCode;
    }

    private List<(IResource Resource, IReadOnlyList<ProcessPlan> Processes)> Plan(string? redis, int firstPort, HttpClient prober, List<string> notes)
    {
        var plans = new List<(IResource, IReadOnlyList<ProcessPlan>)>();
        foreach (var resource in resources.OfType<RedisResource>().Where(_ => redis is not null))
        {
            var folder = resource.KeepsData && !options.Fresh ? DataFolder(resource.Name, firstPort) : null;
            try
            {
                plans.Add((resource, [new RedisServer(resource, redis!, folder).Plan()]));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new LaunchException($"Redis cannot keep its data in {folder}: {exception.Message} Use --fresh to run without keeping data.");
            }

            notes.Add(folder is null ? "Redis starts empty and keeps nothing." : $"Redis keeps its data in {folder}.");
        }

        plans.AddRange(_projects.Select(project =>
            ((IResource)project, (IReadOnlyList<ProcessPlan>)[.. Enumerable.Range(0, project.Replicas).Select(replica => ProjectPlans.Plan(project, replica, prober))])));
        return plans;
    }

    /// <summary>Each AppHost, and each cluster of it that runs beside others, has data of its own.</summary>
    private string DataFolder(string resource, int firstPort)
    {
        var appHost = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(appHostDirectory)))[..12];
        return Path.Combine(StateFile.Folder, string.Create(CultureInfo.InvariantCulture, $"{appHost}-{firstPort}"), resource);
    }

    private async Task RunResourceAsync(Resource resource, ClusterLog log, StopSignals signals)
    {
        var ready = _ready[resource];
        var running = Task.CompletedTask;
        try
        {
            foreach (var dependency in resource is ProjectResource project ? project.WaitsFor : [])
            {
                // A dependency that cannot run here, such as a missing Redis, is not waited for.
                await (_ready.TryGetValue(dependency, out var other) ? other.Task : Task.CompletedTask).WaitAsync(signals.Stopping);
            }

            running = Task.WhenAll(_processes[resource].Select(process => process.RunAsync(signals.Stopping)));
            await Task.WhenAll(_processes[resource].Select(process => process.Ready));
            ready.TrySetResult();
            await Task.WhenAll(resource.WhenReady.Select(callback => callback(signals.Stopping)));
        }
        catch (OperationCanceledException)
        {
            ready.TrySetCanceled(CancellationToken.None);
        }
        catch (LaunchException exception)
        {
            ready.TrySetException(exception);
        }
        catch (Exception exception)
        {
            // A callback of AppHost.cs failed, or a program could not be started. Either way the user must hear of it, and the rest be stopped in order.
            log.Say($"{resource.Name}: {exception.Message}");
            ready.TrySetException(new LaunchException($"{resource.Name} could not be started: {exception.Message}"));
        }

        await running;
    }

    private string DescribeCluster(TimeSpan total)
    {
        var rows = _processes.Values.SelectMany(processes => processes).ToArray();
        var nameWidth = Math.Max("resource".Length, rows.Max(row => row.Plan.Name.Length)) + 2;
        var addressWidth = Math.Max("address".Length, rows.Max(row => row.Plan.Address.Length)) + 2;

        var text = new StringBuilder().AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Cluster ready in {total.TotalSeconds:0.0} s.").AppendLine();
        text.AppendLine($"  {"resource".PadRight(nameWidth)}{"address".PadRight(addressWidth)}{"pid",8}{"ready after",14}");
        foreach (var row in rows)
        {
            var after = string.Create(CultureInfo.InvariantCulture, $"{row.TimeToReady.TotalSeconds:0.0} s");
            text.AppendLine($"  {row.Plan.Name.PadRight(nameWidth)}{row.Plan.Address.PadRight(addressWidth)}{row.Pid,8}{after,14}");
        }

        var links = _projects
            .Where(project => project.Endpoints.Count > 0)
            .SelectMany(project => project.Links.Select(link => (project.Endpoints[0].Url, Link: link(project.Endpoints[0]))))
            .ToArray();
        if (links.Length > 0)
        {
            text.AppendLine();
        }

        foreach (var (address, link) in links)
        {
            text.AppendLine($"  {link.DisplayText ?? link.Url}: {(link.Url.StartsWith('/') ? address + link.Url : link.Url)}");
        }

        return text.AppendLine().AppendLine("Ctrl-C stops everything.").ToString();
    }
}
