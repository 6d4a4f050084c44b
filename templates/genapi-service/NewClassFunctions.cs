using System.Runtime.CompilerServices;
using GenApi.Node.Functions;

namespace NewNamespace;

/// <summary>What the service can do: one function of each mode, to begin with.</summary>
internal sealed partial class NewClassFunctions(ILogger<NewClassFunctions> logger)
{
    [Function("greet", Description = "Answers at once.")]
    [RequireAuthenticated]
    public static string Greet([Arg(MaxBytes = 100)] string name, string greeting = "Hello") => $"{greeting}, {name}!";

    [Function("make_report", Description = "The caller gets an acknowledgement at once and the result later.")]
    [RequireAuthenticated]
    [AnswerLater]
    public static async Task<string> MakeReportAsync([Arg(Min = 2000, Max = 2100)] int year, CancellationToken cancellationToken)
    {
        await Task.Delay(200, cancellationToken);
        return $"report-{year}";
    }

    [Function("count", Description = "Streams the numbers from 1 on.")]
    [RequireAuthenticated]
    public static async IAsyncEnumerable<int> CountAsync([Arg(Min = 0, Max = 1_000_000)] int to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = 1; number <= to; number++)
        {
            await Task.Delay(10, cancellationToken);
            yield return number;
        }
    }

    [Function("note", Description = "Writes a line to the log; nobody waits for it.")]
    [RequireAuthenticated]
    [FireAndForget]
    public void Note([Arg(MaxBytes = 200)] string text) => Log.Noted(logger, text);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Noted: {Text}")]
        public static partial void Noted(ILogger logger, string text);
    }
}
