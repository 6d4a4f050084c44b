using System.CommandLine;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi detail-error</c>: whether callers see what functions say when they fail.</summary>
internal sealed class DetailErrorCommand : GatewayCommand
{
    private const string On = "on";

    private readonly Argument<string?> _state = new("STATE") { Arity = ArgumentArity.ZeroOrOne, Description = "on or off; without it, what it is." };

    public DetailErrorCommand(CliHost host, CommonOptions common)
        : base(host, common, "detail-error", "Shows, or with on or off changes, whether callers see what functions say when they fail. Changing needs the action change_detail_error.")
    {
        _state.AcceptOnlyFromAmong(On, "off");
        Add(_state);
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var wanted = run.Value(_state);
        var answer = run.Gateway.JsonOf(wanted is null
            ? await run.Gateway.AdminSendAsync(HttpMethod.Get, "detail-error", null, cancellationToken)
            : await run.Gateway.AdminSendAsync(HttpMethod.Put, "detail-error", wanted == On ? """{"enabled":true}"""u8.ToArray() : """{"enabled":false}"""u8.ToArray(), cancellationToken));
        if (run.Json)
        {
            run.Output.Json(answer, indented: true);
        }
        else
        {
            run.Output.Line(answer.Is("enabled") ? "on: callers see what functions say when they fail." : "off: callers are told only that the function failed.");
        }

        return ExitCode.Done;
    }
}
