using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests;

/// <summary>However the cluster is ended, nothing of it is left, within the 10 seconds that the launcher promises.</summary>
public sealed class StopTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [ClusterTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SIGTERM_ends_everything(bool byDotnetRun)
    {
        await using var appHost = await AppHostProcess.StartReadyAsync(new AppHostStart { ByDotnetRun = byDotnetRun }, Cancellation);
        AssertAllRun(appHost);

        UnixSignals.SendTerminate(appHost.Id);

        await AssertStopsInOrderAsync(appHost);
    }

    [ClusterTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ctrl_C_ends_everything(bool byDotnetRun)
    {
        await using var appHost = await AppHostProcess.StartReadyAsync(new AppHostStart { ByDotnetRun = byDotnetRun }, Cancellation);
        AssertAllRun(appHost);

        UnixSignals.PressControlC(appHost.Id);

        await AssertStopsInOrderAsync(appHost);
    }

    [ClusterTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Kill_9_of_what_the_user_started_leaves_no_orphan(bool byDotnetRun)
    {
        await using var appHost = await AppHostProcess.StartReadyAsync(new AppHostStart { ByDotnetRun = byDotnetRun }, Cancellation);
        AssertAllRun(appHost);

        UnixSignals.SendKill(appHost.Id);

        await appHost.WaitUntilNothingRunsAsync(Cancellation);
    }

    [ClusterFact]
    public async Task A_stop_during_the_start_ends_everything_too()
    {
        await using var appHost = AppHostProcess.Start();
        await appHost.Output.WaitForAsync("a process of the cluster", static line => line.StartsWith("gateway", StringComparison.Ordinal), Cancellation);

        UnixSignals.SendTerminate(appHost.Id);

        Assert.Equal(0, await appHost.WaitForExitAsync(Cancellation));
        await appHost.WaitUntilNothingRunsAsync(Cancellation);
    }

    private static void AssertAllRun(AppHostProcess appHost)
    {
        // Otherwise a search that finds nothing would prove nothing.
        var running = appHost.Processes.Select(process => process.Id).ToHashSet();
        Assert.Contains(appHost.Id, running);
        Assert.Equal(2, appHost.Nodes.Count);
        Assert.All(appHost.Resources, resource => Assert.Contains(resource.Pid, running));
        Assert.True(File.Exists(appHost.StateFile), $"There is no {appHost.StateFile}.");
    }

    private static async Task AssertStopsInOrderAsync(AppHostProcess appHost)
    {
        Assert.Equal(0, await appHost.WaitForExitAsync(Cancellation));
        await appHost.WaitUntilNothingRunsAsync(Cancellation);
        Assert.DoesNotContain(appHost.Output.Lines, line => line.Contains("was killed", StringComparison.Ordinal));
        Assert.False(File.Exists(appHost.StateFile), $"{appHost.StateFile} is left.");
    }
}
