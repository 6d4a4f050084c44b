using System.CommandLine;
using GenApi.Cli.Connection;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi functions clear [SERVICE]</c>.</summary>
internal sealed class FunctionsClearCommand : GatewayCommand
{
    private readonly Argument<string?> _service = new("SERVICE") { Description = "The service, such as sample. Default: all services.", Arity = ArgumentArity.ZeroOrOne };

    public FunctionsClearCommand(CliHost host, CommonOptions common)
        : base(host, common, "clear", "Removes all functions of a service, or of all services, until they push a new config version. The gateway's GenApi:AdminActions must allow manage_functions.")
    {
        Add(_service);
        common.Suggestions.OfFunction(_service);
        AskFirst(run => Path(run).Length > 0 ? $"Remove all functions of {(run.Value(_service) is { } service ? $"the service {service}" : "all services")}, on every gateway?" : null);
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var done = run.Gateway.JsonOf(await run.Gateway.AdminSendAsync(HttpMethod.Delete, Path(run), null, cancellationToken));
        if (run.Json)
        {
            run.Output.Json(done, indented: true);
        }
        else
        {
            run.Output.Line($"Removed {Words.Count(done.Show("removed"), "function")}{(run.Value(_service) is { } service ? $" of {service}" : "")}.");
        }

        return ExitCode.Done;
    }

    private string Path(CommandRun run) => run.Value(_service) is { } service ? $"functions/{AdminPath.Of(service)}" : "functions";
}
