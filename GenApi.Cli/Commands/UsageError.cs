using System.CommandLine;
using System.CommandLine.Invocation;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary>
/// Says what is wrong with a command line, and what may have been meant, rather than pages of help. All of it goes to stderr:
/// stdout stays clean for whoever reads results there.
/// </summary>
internal static class UsageError
{
    /// <summary>Prints the faults of a command line that could not be parsed, or has a word that is no option.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="stray">A sentence about a word that looks like an option and is none; null: there is no such word.</param>
    /// <param name="errors">Where it is said.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <returns><see cref="ExitCode.Usage"/>.</returns>
    public static async Task<int> PrintAsync(ParseResult parsed, string? stray, Printer errors, CancellationToken cancellationToken)
    {
        var command = parsed.CommandResult.Command;
        string[] missing =
        [
            .. command.Arguments
                .Where(argument => argument.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(argument) is null or { Tokens.Count: 0 })
                .Select(argument => argument.Name),
        ];
        if (stray is not null)
        {
            // It shifts all other words, so what the parser says of them would mislead.
            errors.Sentence(stray);
        }
        else if (missing.Length > 0)
        {
            errors.Sentence($"{string.Join(" and ", missing)} {(missing.Length == 1 ? "is" : "are")} missing.");
        }
        else
        {
            foreach (var line in await DescribeAsync(parsed, cancellationToken))
            {
                errors.Sentence(line);
            }
        }

        errors.Note($"Try '{CommandPath.Of(command)} --help'.");
        return ExitCode.Usage;
    }

    /// <summary>The parser's own words, which include names that look like the one typed.</summary>
    private static async Task<IEnumerable<string>> DescribeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        ((ParseErrorAction)parsed.Action!).ShowHelp = false;
        using var text = new StringWriter();
        await parsed.InvokeAsync(new InvocationConfiguration { Output = text, Error = text }, cancellationToken);
        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct();
    }
}
