namespace GenApi.AppHost.LocalCluster;

/// <summary>Stops the cluster so that nothing loses what it still needs: nodes first, then gateways, then Redis.</summary>
internal sealed class StopSequence(
    IReadOnlyDictionary<IResource, IReadOnlyList<SupervisedProcess>> processes, ClusterLog log, TimeProvider time)
{
    /// <summary>All in all; what still runs then is killed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>Kept back for each later step, so that one that hangs does not cost the others their chance.</summary>
    private static readonly TimeSpan ReservedForEachLaterStep = TimeSpan.FromSeconds(1.5);

    /// <summary>Stops everything.</summary>
    /// <param name="hurry">Ends the waiting: what still runs is killed.</param>
    public async Task RunAsync(CancellationToken hurry)
    {
        var started = time.GetTimestamp();
        var steps = Steps();
        var endings = new List<Task>();
        for (var i = 0; i < steps.Count && !hurry.IsCancellationRequested; i++)
        {
            foreach (var process in steps[i])
            {
                process.AskToStop();
            }

            endings.Add(GoneAsync(steps[i]));
            var left = Patience - time.GetElapsedTime(started) - (ReservedForEachLaterStep * (steps.Count - 1 - i));
            if (left > TimeSpan.Zero)
            {
                await Task.WhenAny(endings[^1], DelayAsync(left, hurry));
            }
        }

        // Steps that were passed over in time may still use the rest of it.
        var rest = Patience - time.GetElapsedTime(started);
        if (rest > TimeSpan.Zero)
        {
            await Task.WhenAny(Task.WhenAll(endings), DelayAsync(rest, hurry));
        }

        foreach (var process in steps.SelectMany(step => step))
        {
            if (process.Kill())
            {
                log.Say($"{process.Plan.Name} did not stop in time and was killed.");
            }
        }
    }

    /// <summary>Resources that no other running one uses come first.</summary>
    private List<IReadOnlyList<SupervisedProcess>> Steps()
    {
        var remaining = processes.Keys.ToHashSet();
        var steps = new List<IReadOnlyList<SupervisedProcess>>();
        while (remaining.Count > 0)
        {
            var used = remaining.OfType<ProjectResource>().SelectMany(project => project.Uses.Where(other => other != project)).ToHashSet();
            var next = remaining.Where(resource => !used.Contains(resource)).ToArray();

            // Projects that refer to each other in a circle have no order.
            next = next.Length > 0 ? next : [.. remaining];
            steps.Add([.. next.SelectMany(resource => processes[resource])]);
            remaining.ExceptWith(next);
        }

        return steps;
    }

    private async Task GoneAsync(IReadOnlyList<SupervisedProcess> step)
    {
        while (step.Any(process => process.Pid is not null))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time);
        }
    }

    private async Task DelayAsync(TimeSpan delay, CancellationToken hurry)
    {
        try
        {
            await Task.Delay(delay, time, hurry);
        }
        catch (OperationCanceledException)
        {
            // Hurried.
        }
    }
}
