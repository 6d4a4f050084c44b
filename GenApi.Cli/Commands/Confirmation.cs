using System.CommandLine;

namespace GenApi.Cli.Commands;

/// <summary>Asks before something that cannot be taken back. <c>--yes</c> has answered already.</summary>
internal sealed class Confirmation
{
    /// <summary>Longer answers are no answers.</summary>
    private const int MaxBytes = 100;

    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do it without asking." };

    public void AddTo(Command command) => command.Add(_yes);

    /// <summary>Whether nobody is asked.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_yes);

    /// <summary>Returns once the answer is yes.</summary>
    /// <param name="run">The command's run; the answer is read from stdin, and the question goes to stderr.</param>
    /// <param name="what">What will happen, as a sentence.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <exception cref="CliException">The answer is anything but yes, or nobody is there to give one.</exception>
    public async Task AskAsync(CommandRun run, string what, CancellationToken cancellationToken)
    {
        if (run.Value(_yes))
        {
            return;
        }

        run.Errors.Note($"{what} Type 'yes' to go on.");

        // A terminal's read cannot be given up, so this one is left behind on Ctrl-C.
        var answer = await Task.Run(() => ReadLine(run.Host.Input), cancellationToken).WaitAsync(cancellationToken);
        if (!answer.Equals("yes", StringComparison.OrdinalIgnoreCase) && !answer.Equals("y", StringComparison.OrdinalIgnoreCase))
        {
            throw new CliException(answer.Length == 0 ? "Nothing was changed: nobody said yes. In scripts, say so with --yes." : "Nothing was changed.");
        }
    }

    private static string ReadLine(Stream input)
    {
        Span<byte> line = stackalloc byte[MaxBytes];
        var length = 0;
        while (length < MaxBytes && input.ReadByte() is >= 0 and not '\n' and var next)
        {
            line[length++] = (byte)next;
        }

        return System.Text.Encoding.UTF8.GetString(line[..length]).Trim();
    }
}
