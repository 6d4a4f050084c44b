using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using GenApi.Cli.Commands;
using GenApi.Cli.Connection;

namespace GenApi.Cli.Completion;

/// <summary>
/// <c>genapi "[suggest:POSITION]" "LINE"</c>: what may come next on a command line, one word on a line. The scripts of <c>genapi completion</c> ask
/// so. A gateway that does not answer soon is not waited for, and nothing is ever said about it: somebody is typing.
/// </summary>
internal sealed class SuggestDirective : Directive
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly string[] Noise = ["-?", "/?", "/h"];

    public SuggestDirective(CliHost host, CommonOptions common)
        : base("suggest") => Action = new SuggestAction(this, host, common);

    private sealed class SuggestAction(SuggestDirective directive, CliHost host, CommonOptions common) : AsynchronousCommandLineAction
    {
        public override async Task<int> InvokeAsync(ParseResult parseResult, CancellationToken cancellationToken = default)
        {
            var line = parseResult.Tokens.LastOrDefault(token => token.Type != TokenType.Directive)?.Value ?? "";
            if (int.TryParse(parseResult.GetResult(directive)?.Values.SingleOrDefault(), out var position) && position >= 0 && position < line.Length)
            {
                line = line[..position];
            }

            // The first word is the tool's name, by whichever path.
            var start = line.IndexOf(' ', StringComparison.Ordinal);
            if (start < 0)
            {
                return ExitCode.Done;
            }

            var words = line[(start + 1)..];
            var word = line[(line.LastIndexOf(' ') + 1)..];
            var parsed = Parse(words);
            if (word.Length == 0 && IsFlagLast(parsed))
            {
                // Nobody types a value for it; what comes next is something else.
                parsed = Parse($"{words.TrimEnd()}=true ");
            }

            ParseResult Parse(string typed) => parseResult.RootCommandResult.Command.Parse(typed, parseResult.Configuration);
            if (!word.StartsWith('-'))
            {
                await AskAsync(parsed, word, cancellationToken);
            }

            foreach (var suggestion in Choose(parsed, word))
            {
                await parseResult.InvocationConfiguration.Output.WriteLineAsync(suggestion);
            }

            return ExitCode.Done;
        }

        private static bool IsFlagLast(ParseResult parsed)
        {
            if (parsed.Tokens is not [.., { Type: TokenType.Option } last])
            {
                return false;
            }

            for (SymbolResult? result = parsed.CommandResult; result is not null; result = result.Parent)
            {
                if (result is CommandResult { Command.Options: var options } && options.FirstOrDefault(option => option.Name == last.Value || option.Aliases.Contains(last.Value)) is { } found)
                {
                    return found.ValueType == typeof(bool);
                }
            }

            return false;
        }

        private static IEnumerable<string> Choose(ParseResult parsed, string word)
        {
            string[] found = [.. parsed.GetCompletions().Select(item => item.Label).Where(label => !Noise.Contains(label) && IsSafe(label)).Distinct()];

            // Options are offered to whoever begins one, or where there is nothing else to offer.
            return word.Length == 0 && found.Any(label => !label.StartsWith('-')) ? found.Where(label => !label.StartsWith('-') || label == "-") : found;
        }

        /// <summary>
        /// Some names come from elsewhere, such as a stream's request id from its client, and a shell may run what looks like a command in a word that it is
        /// offered. So only words pass that mean nothing to any shell.
        /// </summary>
        private static bool IsSafe(string label) => label.Length > 0 && label.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or ',' or ':' or '/' or '@' or '+');

        private async Task AskAsync(ParseResult parsed, string word, CancellationToken cancellationToken)
        {
            GatewayClient? gateway = null;
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(Patience);
            try
            {
                await common.Suggestions.AskAsync(
                    parsed,
                    word,
                    () => gateway ??= new GatewayClient(
                        GatewayAddress.Find(parsed.GetValue(common.Url), parsed.GetValue(common.AdminToken), host.Variable),
                        common.Suggestions.IsGatewayNext(parsed, word) ? null : AskedGateway.Find(parsed.GetValue(common.Gateway), host.Variable)),
                    patience.Token);
            }
            catch (Exception error) when (error is CliException or OperationCanceledException or InvalidOperationException)
            {
                // The shell offers what is known without the gateway.
            }
            finally
            {
                gateway?.Dispose();
            }
        }
    }
}
