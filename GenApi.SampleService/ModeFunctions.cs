using System.Runtime.CompilerServices;
using System.Text.Json;
using GenApi.Node.Functions;

namespace GenApi.SampleService;

/// <summary>The modes beside sync: async, stream, and fire and forget.</summary>
internal sealed partial class ModeFunctions(ILogger<ModeFunctions> logger)
{
    [Function("generate_report", Description = "Takes a while; the caller gets an acknowledgement at once and the report later.")]
    [AnswerLater]
    public static async Task<Report> GenerateReportAsync(string format = "pdf", CancellationToken cancellationToken = default)
    {
        await Task.Delay(200, cancellationToken);
        return new Report($"report.{format}", format, 42);
    }

    [Function("ticks", Description = "Streams numbered chunks, each with so many bytes of padding.")]
    public static async IAsyncEnumerable<Tick> TicksAsync(
        [Arg(Min = 0, Max = 100_000_000)] int count,
        [Arg(Min = 0, Max = 60_000)] int intervalMs = 0,
        [Arg(Min = 0, Max = 1_000_000)] int size = 0,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var padding = size == 0 ? null : new string('x', size);
        for (var n = 1; n <= count; n++)
        {
            if (intervalMs > 0)
            {
                await Task.Delay(intervalMs, cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            yield return new Tick(n, padding);
        }
    }

    [Function("log_event", Description = "Writes a line to the node's log; nobody waits for it.")]
    [FireAndForget]
    public void LogEvent(string name, JsonElement data) => Log.Event(logger, name, data.GetRawText());

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Event {Name}: {Data}")]
        public static partial void Event(ILogger logger, string name, string data);
    }
}
