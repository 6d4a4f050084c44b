namespace GenApi.Cli.Commands;

/// <summary>Asks the person at the terminal before something is done that cannot be undone.</summary>
internal static class Confirmation
{
    /// <summary>Asks, where somebody is there to answer: with a script, stdin or stderr is no terminal, and it goes on at once.</summary>
    /// <param name="host">The world outside.</param>
    /// <param name="question">What is about to happen, as a question.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <exception cref="CliException">The answer is not yes.</exception>
    public static async Task AskAsync(CliHost host, string question, CancellationToken cancellationToken)
    {
        var terminal = new Printing.Printer(host.Error);
        if (!host.InputIsTerminal || !terminal.IsTerminal)
        {
            return;
        }

        terminal.Question($"{question} [y/N] ");
        using var input = new StreamReader(host.Input, leaveOpen: true);

        // Reading a terminal cannot be cancelled, waiting for it can.
        var answer = await input.ReadLineAsync(cancellationToken).AsTask().WaitAsync(cancellationToken);
        if (answer?.Trim().ToUpperInvariant() is not ("Y" or "YES"))
        {
            throw new CliException("Nothing was changed.");
        }
    }
}
