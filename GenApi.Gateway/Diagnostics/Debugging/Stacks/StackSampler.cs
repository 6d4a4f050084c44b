using System.Diagnostics.Tracing;
using System.Runtime.CompilerServices;
using Microsoft.Diagnostics.NETCore.Client;

namespace GenApi.Gateway.Diagnostics.Debugging.Stacks;

/// <summary>
/// Looks at the stacks of this process's own threads, by its runtime's diagnostic port: the runtime's sampling profiler runs for a moment
/// into a file, and the file is read. The libraries for that are loaded when somebody asks for the first time.
/// </summary>
internal sealed partial class StackSampler(ILogger<StackSampler> logger) : IDisposable
{
    private const string Provider = "Microsoft-DotNETCore-SampleProfiler";

    /// <summary>A sample a millisecond; one is enough, and more only stop the threads more often. The second look is for machines with no time to spare.</summary>
    private static readonly int[] LooksMs = [30, 500];

    /// <summary>It takes a second or less. One that takes longer than this is given up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Takes the stacks of all managed threads. One sample at a time; others wait for their turn. Never throws but for cancellation.</summary>
    /// <param name="limit">The most stacks; threads at the same place share one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<StackSample> TakeAsync(int limit, CancellationToken cancellationToken)
    {
        if (!await _one.WaitAsync(Patience, cancellationToken).ConfigureAwait(false))
        {
            return StackSample.Failed("Somebody else is looking at the stacks; ask again in a moment.");
        }

        // Threads of its own: a gateway whose thread pool is stuck is the one whose stacks are wanted.
        var taking = Task.Factory.StartNew(() => Take(limit), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return await taking.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _one.Dispose();

    private StackSample Take(int limit)
    {
        DirectoryInfo? folder = null;
        try
        {
            folder = Directory.CreateTempSubdirectory("genapi-stacks-");
            foreach (var look in LooksMs)
            {
                var file = Path.Combine(folder.FullName, $"{look}.nettrace");
                Record(file, look);
                if (StackReader.Read(file, limit) is { Threads: > 0 } sample)
                {
                    return sample;
                }
            }

            return StackSample.Failed("The runtime showed no stack of any thread.");
        }
        catch (Exception error)
        {
            Log.Failed(logger, error);
            return StackSample.Failed(Explain(error));
        }
        finally
        {
            Delete(folder);
            _one.Release();
        }
    }

    /// <summary>Has the runtime write the stacks of its threads, and the names of its methods, into a file.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Record(string file, int milliseconds)
    {
        using var session = new DiagnosticsClient(Environment.ProcessId).StartEventPipeSession(
            [new EventPipeProvider(Provider, EventLevel.Informational)], requestRundown: true, circularBufferMB: 16);

        // Without its session, everything below ends with an exception at once.
        using var patience = new Timer(static session => ((EventPipeSession)session!).Dispose(), session, Patience, Timeout.InfiniteTimeSpan);
        var copying = Task.Factory.StartNew(() => Copy(session.EventStream, file), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Thread.Sleep(milliseconds);
        session.Stop();
        copying.GetAwaiter().GetResult();
    }

    private static void Copy(Stream events, string file)
    {
        const long mostBytes = 128 * 1024 * 1024;
        using var copy = File.Create(file);
        var buffer = new byte[64 * 1024];
        while (events.Read(buffer) is > 0 and var read)
        {
            copy.Write(buffer.AsSpan(0, read));
            if (copy.Length > mostBytes)
            {
                throw new IOException($"the runtime wrote more than {mostBytes} bytes");
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Explain(Exception error) => error switch
    {
        ServerNotAvailableException => "The runtime's diagnostic port is closed, so nobody sees the stacks. Start the gateway without DOTNET_EnableDiagnostics=0 and DOTNET_EnableDiagnostics_IPC=0, and with a temp folder that it may write to.",
        UnauthorizedAccessException or IOException => $"The folder {Path.GetTempPath()} is needed for a moment and cannot be written to (TMPDIR names another one): {error.Message}",
        ObjectDisposedException => $"It took longer than {Patience.TotalSeconds} s.",
        _ => $"The stacks could not be taken: {error.Message}",
    };

    private void Delete(DirectoryInfo? folder)
    {
        try
        {
            folder?.Delete(recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.NotDeleted(logger, error, folder!.FullName);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The stacks of the gateway's threads could not be taken.")]
        public static partial void Failed(ILogger logger, Exception error);

        [LoggerMessage(2, LogLevel.Warning, "What was written to look at the stacks could not be deleted: {Folder}")]
        public static partial void NotDeleted(ILogger logger, Exception error, string folder);
    }
}
