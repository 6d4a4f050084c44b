using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GenApi.Testing;

/// <summary>Keeps what an app logs.</summary>
public sealed class LogLines : ILoggerProvider
{
    /// <summary>A line with this word cannot be written: whoever logs it meets a fault that nobody foresees.</summary>
    public const string Unwritable = "unwritable";

    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>The lines so far, each as <c>Level Category: message exception</c>.</summary>
    public IReadOnlyList<string> All => [.. _lines];

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new Category(categoryName, _lines);

    /// <inheritdoc />
    public void Dispose()
    {
        // The lines stay readable after the app has ended.
    }

    private sealed class Category(string name, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var message = formatter(state, exception);
            if (message.Contains(Unwritable, StringComparison.Ordinal))
            {
                throw new IOException("The disk is full.");
            }

            lines.Enqueue($"{logLevel} {name}: {message} {exception}");
        }
    }
}
