using System.CommandLine;
using GenApi.Cli.Connection;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi verify SERVICE VERSION</c>: whether a push is needed. Done when the version is stored, failed when it is not.</summary>
internal sealed class VerifyCommand : GatewayCommand
{
    private readonly Argument<string> _service = new("SERVICE") { Description = "The service." };

    private readonly Argument<string> _version = new("VERSION") { Description = "The config version that should be stored." };

    public VerifyCommand(CliHost host, CommonOptions common)
        : base(host, common, "verify", "Says whether this config version of a service is stored; exit code 1 when it is not.")
    {
        Add(_service);
        Add(_version);
        common.Suggestions.OfFunction(_service);
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var (service, version) = (run.Value(_service)!, run.Value(_version)!);
        var answer = await run.Gateway.AdminGetAsync(AdminPath.WithQuery("verify", ("service", service), ("config_version", version)), cancellationToken);
        var status = answer.Show("status");
        if (run.Json)
        {
            run.Output.Json(answer, indented: true);
        }

        switch (status)
        {
            case "matched":
                if (!run.Json)
                {
                    run.Output.Line($"Matched: {service} has config version {version}.");
                }

                return ExitCode.Done;
            case "mismatch":
                throw new CliException($"{service} has config version {answer.Show("stored")}, not {version}.");
            case "not_found":
                throw new CliException($"The gateway knows no service {service}.");
            default:
                throw new CliException($"{GatewayFault.Show(run.Gateway.Url)} (from {run.Gateway.UrlSource}) answered the status '{status}', which this tool does not know; is the tool as new as the gateway?");
        }
    }
}
