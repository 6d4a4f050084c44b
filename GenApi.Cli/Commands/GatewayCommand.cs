using System.CommandLine;

namespace GenApi.Cli.Commands;

/// <summary>A command that asks a gateway. Its file holds its arguments and options, and what it does with them.</summary>
internal abstract class GatewayCommand : Command
{
    protected GatewayCommand(CliHost host, CommonOptions common, string name, string description)
        : base(name, description) =>
        SetAction(async (parsed, cancellationToken) =>
        {
            var timeout = parsed.GetValue(common.Timeout) ?? DefaultTimeout(parsed);
            using var deadline = new CancellationTokenSource(timeout ?? Timeout.InfiniteTimeSpan, host.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
            using var run = new CommandRun(parsed, host, common, timeout);
            try
            {
                return await RunAsync(run, either.Token);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new CliException($"No answer within {Duration.Show(timeout!.Value)}; --timeout sets how long to wait.");
            }
        });

    /// <summary>How long the command may take where --timeout is not given; null: as long as it takes.</summary>
    protected virtual TimeSpan? DefaultTimeout(ParseResult parsed) => TimeSpan.FromSeconds(30);

    /// <summary>Does it.</summary>
    /// <param name="run">What the command has at hand.</param>
    /// <param name="cancellationToken">Ctrl-C, or the time is up.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="CliException">It did not work; the caller prints the sentence.</exception>
    protected abstract Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken);
}
