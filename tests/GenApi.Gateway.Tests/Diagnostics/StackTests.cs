using System.Runtime.CompilerServices;
using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Diagnostics.Debugging;
using GenApi.Gateway.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Diagnostics;

/// <summary>The stacks of a debug report: those of this very process.</summary>
public sealed class StackTests
{
    private const string Folders = "genapi-stacks-*";

    [Fact]
    public async Task Threads_show_where_they_are_and_those_at_one_place_share_an_entry()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var end = new ManualResetEventSlim();
        var (waiting, started) = (new List<Thread>(), new CountdownEvent(2));
        for (var i = 0; i < 2; i++)
        {
            var thread = new Thread(() => WaitsHereForItsEnd(started, end)) { IsBackground = true };
            thread.Start();
            waiting.Add(thread);
        }

        try
        {
            started.Wait(Wait.Ended);
            await Wait.UntilAsync(() => waiting.All(thread => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin)));

            var stacks = await StacksAsync(cluster, 1000);

            var here = Assert.Single(stacks.Managed!, place => place.Frames.Any(frame => frame.Contains($"{nameof(StackTests)}.{nameof(WaitsHereForItsEnd)}(", StringComparison.Ordinal)));
            Assert.Equal((2, 2, "external"), (here.Count, here.Threads.Distinct().Count(), here.State));

            // The framework's own code has no names where the runtime did not get to tell them.
            Assert.Contains(here.Frames, frame => frame.StartsWith("System.Threading.ManualResetEventSlim.Wait(", StringComparison.Ordinal) || frame == "(native code)");
            Assert.False(here.MoreFrames);
            Assert.Equal(stacks.ManagedThreads, stacks.Managed!.Sum(place => place.Count));
            Assert.Equal(stacks.Managed!.Select(place => place.Count).OrderDescending(), stacks.Managed!.Select(place => place.Count));
            Assert.DoesNotContain(stacks.Managed!, place => place.Frames.Any(frame => frame.Contains("StackSampler", StringComparison.Ordinal)));
            Assert.Null(stacks.CurrentStacktrace);
        }
        finally
        {
            end.Set();
            waiting.ForEach(thread => thread.Join());
            started.Dispose();
        }
    }

    [Fact]
    public async Task A_deep_stack_shows_its_top_and_says_that_there_is_more()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var end = new ManualResetEventSlim();
        using var started = new CountdownEvent(1);
        var thread = new Thread(() => Deep(200, started, end)) { IsBackground = true };
        thread.Start();
        try
        {
            started.Wait(Wait.Ended);
            var place = Assert.Single((await StacksAsync(cluster, 1000)).Managed!, place => place.Frames.Any(frame => frame.Contains(".Deep(", StringComparison.Ordinal)));
            Assert.Equal(64, place.Frames.Count);
            Assert.True(place.MoreFrames);
        }
        finally
        {
            end.Set();
            thread.Join();
        }
    }

    [Fact]
    public async Task Those_who_ask_at_once_get_their_stacks_one_after_the_other_and_no_file_is_left()
    {
        await using var cluster = await TestCluster.StartAsync();

        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => StacksAsync(cluster, 5)));

        Assert.All(all, stacks => Assert.InRange(stacks.Managed!.Count, 1, 5));
        Assert.All(all, stacks => Assert.True(stacks.ManagedThreads >= stacks.Managed!.Sum(place => place.Count)));

        // Other tests of this process may be at it.
        await Wait.UntilAsync(() => Directory.GetDirectories(Path.GetTempPath(), Folders).All(folder => !OwnFolder(folder)));
    }

    private static bool OwnFolder(string folder)
    {
        try
        {
            return Directory.GetLastWriteTimeUtc(folder) > System.Diagnostics.Process.GetCurrentProcess().StartTime.ToUniversalTime();
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
    }

    private static async Task<DebugStacks> StacksAsync(TestCluster cluster, int limit) =>
        (await cluster.Gateway.Services.GetRequiredService<IGatewayDiagnostics>().DebugReportAsync(limit, includeCurrentStacktrace: true, Wait.Ended)).Stacks!;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WaitsHereForItsEnd(CountdownEvent started, ManualResetEventSlim end)
    {
        started.Signal();
        end.Wait();
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    private static int Deep(int depth, CountdownEvent started, ManualResetEventSlim end)
    {
        if (depth > 0)
        {
            return Deep(depth - 1, started, end) + 1;
        }

        started.Signal();
        end.Wait();
        return 0;
    }
}
