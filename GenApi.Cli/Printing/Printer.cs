using System.Buffers;
using System.Text;
using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace GenApi.Cli.Printing;

/// <summary>
/// Prints to stdout or stderr. On a terminal there are colours and lines around tables; in a file or pipe there is the data.
/// </summary>
internal sealed class Printer(IAnsiConsole console)
{
    /// <summary>Values larger than this are printed without colours, which take many times the memory of the text.</summary>
    private const int LargestColouredChars = 1024 * 1024;

    /// <summary>How long somebody who sees no spinner waits before being told what for.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    /// <summary>Whether a person watches.</summary>
    public bool IsTerminal => console.Profile.Out.IsTerminal;

    /// <summary>Data on a line of its own, unchanged.</summary>
    public void Line(string text) => Guarded(() => console.Profile.Out.Writer.WriteLine(text));

    /// <summary>A value on as many lines as it takes, or on a single one.</summary>
    public void Json(JsonElement value, bool indented)
    {
        if (console.Profile.Capabilities.ColorSystem != ColorSystem.NoColors && value.GetRawText().Length <= LargestColouredChars)
        {
            Show(new JsonText(value, indented));
        }
        else
        {
            Line(Write(value, indented));
        }
    }

    /// <summary>A value as a table if it has the shape of one, else as JSON.</summary>
    public void TableOrJson(JsonElement value)
    {
        if (JsonTable.From(value, IsTerminal) is { } table)
        {
            Show(table);
        }
        else
        {
            Json(value, indented: true);
        }
    }

    /// <summary>Rows under the names of their columns.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows) => Show(TextTable.From(columns, rows, IsTerminal));

    /// <summary>A report as it is.</summary>
    public void Report(ReportView report)
    {
        if (!report.IsEmpty)
        {
            Show(report.Build());
        }
    }

    /// <summary>An empty screen, where there is one.</summary>
    public void Clear()
    {
        if (IsTerminal && console.Profile.Capabilities.Ansi)
        {
            Guarded(() => console.Clear(home: true));
        }
    }

    /// <summary>What went wrong, for stderr.</summary>
    public void Sentence(string text) => Styled(text, Color.Red);

    /// <summary>What is good to know beside it, for stderr.</summary>
    public void Note(string text) => Styled(text, Color.Grey);

    /// <summary>A question, the answer to which is typed behind it.</summary>
    public void Question(string text) => Show(new Text(PlainText.OneLine(text), new Style(Color.Yellow)));

    /// <summary>Waits for the work and says what for: by a spinner on a terminal, elsewhere by a line once it takes long.</summary>
    public async Task<T> WaitAsync<T>(string what, TimeProvider time, Func<Task<T>> work)
    {
        if (IsTerminal && console.Profile.Capabilities.Ansi)
        {
            return await console.Status().StartAsync(Markup.Escape(PlainText.OneLine(what)), _ => work());
        }

        var running = work();
        using var ended = new CancellationTokenSource();
        if (await Task.WhenAny(running, Task.Delay(Quiet, time, ended.Token)) != running)
        {
            Note(what);
        }

        await ended.CancelAsync();
        return await running;
    }

    private static string Write(JsonElement value, bool indented)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, JsonText.WriterOptions(indented)))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void Styled(string text, Color colour)
    {
        var line = PlainText.OneLine(text);
        if (IsTerminal)
        {
            Show(new WordText(line, new Style(colour)));
        }
        else
        {
            Line(line);
        }
    }

    private void Show(IRenderable renderable) => Guarded(() => console.Write(renderable));

    private static void Guarded(Action print)
    {
        try
        {
            print();
        }
        catch (IOException closed)
        {
            throw new OutputClosedException(closed);
        }
    }
}
