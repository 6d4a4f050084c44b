using System.Diagnostics;

namespace GenApi.Bench.Load;

/// <summary>What one run of one contender gave.</summary>
/// <param name="Seconds">Length of the measured window.</param>
/// <param name="Latencies">Latency of each call answered in the window, in tenths of a microsecond, in no order.</param>
/// <param name="ServerCpu">CPU time used in the window by each server process, by role.</param>
/// <param name="GeneratorCpu">CPU time used in the window by this process.</param>
/// <param name="OthersShare">Share of the machine, 0 to 1, that was busy with anything else; null where that is not known.</param>
/// <param name="Errors">Calls that were not answered as they must be, in the window or outside.</param>
/// <param name="FirstError">One of them, or null.</param>
internal sealed record LoadRunResult(
    double Seconds,
    uint[] Latencies,
    IReadOnlyDictionary<string, TimeSpan> ServerCpu,
    TimeSpan GeneratorCpu,
    double? OthersShare,
    long Errors,
    string? FirstError)
{
    public double CallsPerSecond => Latencies.Length / Seconds;

    /// <summary>CPU time for each call, in microseconds.</summary>
    public double PerCall(TimeSpan cpu) => Latencies.Length == 0 ? 0 : cpu.TotalMicroseconds / Latencies.Length;
}

/// <summary>Puts one contender under one load for a given time, on connections of its own.</summary>
internal static class LoadRun
{
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(10);

    public static async Task<LoadRunResult> RunAsync(
        Contender contender, LoadShape shape, TimeSpan warmUp, TimeSpan measured, CancellationToken cancellationToken)
    {
        var phase = new LoadPhase();
        var connections = new List<LoadConnection>(shape.Connections);
        try
        {
            while (connections.Count < shape.Connections)
            {
                var connection = contender.Connect(phase, shape);
                connections.Add(connection);
                await connection.OpenAsync(contender.Url, cancellationToken);
            }

            connections.ForEach(connection => connection.Start());
            await Task.Delay(warmUp, cancellationToken);

            var before = CpuSample.Take(contender);
            phase.Current = Phase.Measuring;
            await Task.Delay(measured, cancellationToken);
            phase.Current = Phase.Draining;
            var used = CpuSample.Take(contender).Since(before);

            var unanswered = await DrainAsync(connections, cancellationToken);
            return new LoadRunResult(
                used.Elapsed.TotalSeconds,
                Collect(connections),
                used.Servers,
                used.Generator,
                used.OthersShare,
                unanswered + connections.Sum(connection => connection.Errors),
                connections.Select(connection => connection.FirstError).FirstOrDefault(error => error is not null)
                    ?? (unanswered > 0 ? $"{unanswered} calls unanswered {DrainTimeout.TotalSeconds:0} s after the load ended" : null));
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    /// <summary>Waits for the calls in flight, and returns how many were never answered.</summary>
    private static async Task<long> DrainAsync(List<LoadConnection> connections, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(connections.Select(connection => connection.Drained)).WaitAsync(DrainTimeout, cancellationToken);
            return 0;
        }
        catch (TimeoutException)
        {
            return connections.Where(connection => !connection.Drained.IsCompleted).Sum(connection => (long)connection.Outstanding);
        }
    }

    private static uint[] Collect(List<LoadConnection> connections)
    {
        var all = new uint[connections.Sum(connection => connection.Latencies.Count)];
        var at = 0;
        foreach (var connection in connections)
        {
            connection.Latencies.Values.CopyTo(all.AsSpan(at));
            at += connection.Latencies.Count;
        }

        return all;
    }

    private sealed record CpuSample(TimeSpan At, IReadOnlyDictionary<string, TimeSpan> Servers, TimeSpan Generator, MachineCpu? Machine)
    {
        public static CpuSample Take(Contender contender) => new(
            Stopwatch.GetElapsedTime(0),
            contender.Servers.ToDictionary(server => server.Role, server => server.CpuTime),
            Environment.CpuUsage.TotalTime,
            MachineCpu.Read());

        public CpuUse Since(CpuSample start)
        {
            var elapsed = At - start.At;
            var servers = Servers.ToDictionary(server => server.Key, server => server.Value - start.Servers[server.Key]);
            var generator = Generator - start.Generator;
            var ours = (servers.Values.Sum(cpu => cpu.TotalSeconds) + generator.TotalSeconds) / (elapsed.TotalSeconds * Environment.ProcessorCount);
            double? others = Machine is { } now && start.Machine is { } then ? Math.Max(0, now.BusyShareSince(then) - ours) : null;
            return new CpuUse(elapsed, servers, generator, others);
        }
    }

    private sealed record CpuUse(TimeSpan Elapsed, IReadOnlyDictionary<string, TimeSpan> Servers, TimeSpan Generator, double? OthersShare);
}
