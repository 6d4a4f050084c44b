using System.CommandLine;

namespace GenApi.Cli.Commands;

/// <summary>A command that asks a gateway. Its file holds its arguments and options, and what it does with them.</summary>
internal abstract class GatewayCommand : Command
{
    private Option<bool>? _yes;
    private Func<CommandRun, string?>? _question;

    protected GatewayCommand(CliHost host, CommonOptions common, string name, string description)
        : base(name, description) =>
        SetAction(async (parsed, cancellationToken) =>
        {
            var timeout = parsed.GetValue(common.Timeout) ?? DefaultTimeout(parsed);
            using var run = new CommandRun(parsed, host, common, timeout, AnyGateway);
            if (_yes is not null && !parsed.GetValue(_yes) && _question!(run) is { } question)
            {
                await Confirmation.AskAsync(host, question, cancellationToken);
            }

            using var deadline = new CancellationTokenSource(timeout ?? Timeout.InfiniteTimeSpan, host.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
            try
            {
                return await RunAsync(run, either.Token);
            }
            catch (CliException failure) when (failure.GatewayCode == FunctionHint.NotFound && AskedFunction(run) is { } function)
            {
                throw new CliException(string.Join(' ', failure.Message, await FunctionHint.FindAsync(run, function, either.Token)).TrimEnd(), failure.ExitCode);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new CliException($"No answer within {Duration.Show(timeout!.Value)}; --timeout sets how long to wait.");
            }
        });

    /// <summary>How long the command may take where --timeout is not given; null: as long as it takes.</summary>
    protected virtual TimeSpan? DefaultTimeout(ParseResult parsed) => TimeSpan.FromSeconds(30);

    /// <summary>Whether it is all the same which gateway answers, even if the user names one.</summary>
    protected virtual bool AnyGateway => false;

    /// <summary>The function that the command is about, so that a slip in its name can be told; null: it is about no function.</summary>
    protected virtual FunctionName? AskedFunction(CommandRun run) => null;

    /// <summary>Has a person asked first, and gives the command the option <c>--yes</c>, which says so beforehand.</summary>
    /// <param name="question">What is about to happen, as a question; null: nothing that needs one.</param>
    protected void AskFirst(Func<CommandRun, string?> question)
    {
        _question = question;
        _yes = new Option<bool>("--yes", "-y") { Description = "Do not ask first. Only a person at a terminal is asked." };
        Add(_yes);
    }

    /// <summary>Does it.</summary>
    /// <param name="run">What the command has at hand.</param>
    /// <param name="cancellationToken">Ctrl-C, or the time is up.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="CliException">It did not work; the caller prints the sentence.</exception>
    protected abstract Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken);
}
