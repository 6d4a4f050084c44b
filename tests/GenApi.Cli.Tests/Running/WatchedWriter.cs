using System.Text;

namespace GenApi.Cli.Tests.Running;

/// <summary>Keeps what is written, and lets a test wait for it.</summary>
public sealed class WatchedWriter : TextWriter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private readonly List<(string Text, int Times, TaskCompletionSource Seen)> _awaited = [];

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void Write(string? value)
    {
        lock (_lock)
        {
            _text.Append(value);
            var all = _text.ToString();
            foreach (var (text, times, seen) in _awaited)
            {
                if (Count(all, text) >= times)
                {
                    seen.TrySetResult();
                }
            }
        }
    }

    /// <summary>Waits until the text has been written, or has been so often.</summary>
    public Task SeenAsync(string text, int times = 1)
    {
        lock (_lock)
        {
            if (Count(_text.ToString(), text) >= times)
            {
                return Task.CompletedTask;
            }

            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((text, times, seen));
            return seen.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
    }

    private static int Count(string all, string text) => all.Split(text).Length - 1;

    public override string ToString()
    {
        lock (_lock)
        {
            return _text.ToString();
        }
    }
}
