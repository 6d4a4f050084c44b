using System.Text;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace GenApi.AppHost.LocalCluster;

/// <summary>
/// Shows what the processes write, line by line, each with the name of its process before it. A terminal that is held or slow never holds the
/// processes: lines that do not fit in the queue are dropped and counted.
/// </summary>
internal sealed class ClusterLog : IAsyncDisposable
{
    /// <summary>The launcher's own name in the log.</summary>
    public const string Self = "apphost";

    private const int QueueLength = 10_000;
    private const int LongestLine = 16 * 1024;
    private static readonly string[] Colours = ["36", "32", "35", "33", "34", "96", "92", "95"];

    private readonly Channel<string> _texts = Channel.CreateBounded<string>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly Dictionary<string, string> _prefixes;
    private readonly Action _outputGone;
    private readonly Stream _output;
    private readonly Task _writer;
    private long _dropped;

    /// <param name="names">Names of all processes, which sets the width of the prefix.</param>
    /// <param name="outputGone">Called if whoever reads the output has gone away.</param>
    public ClusterLog(IReadOnlyList<string> names, Action outputGone)
    {
        InColour = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var width = names.Append(Self).Max(name => name.Length);
        _prefixes = names.Append(Self).Select((name, i) => (name, Prefix(name.PadRight(width), i))).ToDictionary();
        _outputGone = outputGone;
        _output = OpenOutput();
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Whether the output is a terminal that shows colours.</summary>
    public bool InColour { get; }

    /// <summary>Writes a line of the launcher's own.</summary>
    public void Say(string line) => Write(Self, line);

    /// <summary>Writes a block of text that stands by itself.</summary>
    public void Show(string text) => Enqueue(text);

    /// <summary>Shows everything a process writes, until it closes the stream.</summary>
    public async Task CopyAsync(string name, StreamReader source)
    {
        var buffer = new char[4096];
        var line = new StringBuilder();
        int read;
        while ((read = await source.ReadAsync(buffer)) > 0)
        {
            foreach (var character in buffer.AsSpan(0, read))
            {
                if (character != '\n')
                {
                    line.Append(character);
                }

                if (character == '\n' || line.Length >= LongestLine)
                {
                    Write(name, line.ToString().TrimEnd('\r'));
                    line.Clear();
                }
            }
        }

        if (line.Length > 0)
        {
            Write(name, line.ToString());
        }
    }

    /// <summary>Writes what is queued, within a second.</summary>
    public async ValueTask DisposeAsync()
    {
        _texts.Writer.TryComplete();
        await Task.WhenAny(_writer, Task.Delay(TimeSpan.FromSeconds(1)));
    }

    private void Write(string name, string line) => Enqueue($"{_prefixes[name]}{line}{Environment.NewLine}");

    private void Enqueue(string text)
    {
        if (!_texts.Writer.TryWrite(text))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    private string Prefix(string name, int index) => InColour ? $"\e[{Colours[index % Colours.Length]}m{name} |\e[0m " : $"{name} | ";

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var text in _texts.Reader.ReadAllAsync())
            {
                await _output.WriteAsync(Encoding.UTF8.GetBytes(text));
                if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
                {
                    await _output.WriteAsync(Encoding.UTF8.GetBytes($"{_prefixes[Self]}{dropped} lines of output were dropped because they were not read in time.{Environment.NewLine}"));
                }
            }
        }
        catch (IOException)
        {
            _outputGone();
        }
    }

    /// <summary>
    /// A pipe is opened in a way that tells when its reader is gone; .NET's console stream hides that. For the rest the console stream is right.
    /// </summary>
    private static Stream OpenOutput()
    {
        if (!OperatingSystem.IsWindows() && Console.IsOutputRedirected)
        {
            try
            {
                var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
                if (!pipe.CanSeek)
                {
                    return pipe;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // Not a pipe, or closed.
            }
        }

        return Console.OpenStandardOutput();
    }
}
