using System.CommandLine;
using System.CommandLine.Invocation;
using GenApi.Cli.Commands;
using GenApi.Cli.Completion;
using GenApi.Cli.Printing;

namespace GenApi.Cli;

/// <summary>The command line as a whole: its commands, and the one place where a failure becomes a sentence and an exit code.</summary>
internal sealed class GenApiCli(CliHost host)
{
    private const string Description =
        """
        Calls functions and runs a GenApi cluster, over the gateway's HTTP API.

        The gateway is the one given by --url, else by GENAPI_URL, else the one of the AppHost that runs on this machine; the admin token is
        that of --admin-token, else of GENAPI_ADMIN_TOKEN, else of that AppHost. Where there are several gateways, --gateway, else
        GENAPI_GATEWAY, names the one that answers.

        Exit codes: 0 done, 1 failed, 2 wrong command line, 130 interrupted.
        """;

    /// <summary>Runs one command line.</summary>
    /// <param name="args">The arguments after the tool's name.</param>
    /// <param name="cancellationToken">Stops the command as Ctrl-C does.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        var errors = new Printer(host.Error);
        try
        {
            // '@file' is where a call's arguments are, not more command line.
            var parsed = MakeRoot().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            var stray = StrayOption.Find(parsed, args);
            if (stray is not null || parsed.Action is ParseErrorAction)
            {
                return await UsageError.PrintAsync(parsed, stray, errors, cancellationToken);
            }

            return await parsed.InvokeAsync(
                new InvocationConfiguration { Output = host.Output.Profile.Out.Writer, Error = host.Error.Profile.Out.Writer, EnableDefaultExceptionHandler = false },
                cancellationToken);
        }
        catch (CliException failure)
        {
            errors.Sentence(failure.Message);
            return failure.ExitCode;
        }
        catch (OutputClosedException)
        {
            // As in `genapi call … --stream | head -3`: the reader has what it wanted.
            return ExitCode.OutputClosed;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception fault)
        {
            // A defect of the tool. A stack trace would not help the person at the shell; type and message name it well enough to report.
            errors.Sentence($"genapi itself failed ({fault.GetType().Name}: {fault.Message})");
            return ExitCode.Failed;
        }
    }

    private RootCommand MakeRoot()
    {
        var common = new CommonOptions();
        var root = new RootCommand(Description);
        common.AddTo(root);
        root.Directives.Clear();
        root.Add(new SuggestDirective(host, common));
        root.Add(new CallCommand(host, common));
        root.Add(new TokenCommand(host, common));
        root.Add(new FunctionsCommand(host, common));
        root.Add(new PushedCommand(host, common));
        root.Add(new PushCommand(host, common));
        root.Add(new VerifyCommand(host, common));
        root.Add(new FailedCommand(host, common));
        root.Add(new LimitsCommand(host, common));
        root.Add(new EventsCommand(host, common));
        root.Add(TraceCommands.Make(host, common));
        root.Add(new HealthCommand(host, common));
        root.Add(new StatsCommand(host, common));
        root.Add(new DebugCommand(host, common));
        root.Add(new FlowCommand(host, common));
        root.Add(new FlowsCommand(host, common));
        root.Add(new InspectCommand(host, common));
        root.Add(new ClusterCommand(host, common));
        root.Add(new CacheCommand(host, common));
        root.Add(new PoolsCommand(host, common));
        root.Add(new StreamsCommand(host, common));
        root.Add(new ReconcileCommand(host, common));
        root.Add(new DetailErrorCommand(host, common));
        root.Add(new CompletionCommand(host));
        return root;
    }
}
