using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi reconcile</c>: has the gateways compare what they know with what is stored.</summary>
internal sealed class ReconcileCommand(CliHost host, CommonOptions common)
    : GatewayCommand(host, common, "reconcile", "Has the gateways compare configs, nodes and limits with what is stored, now rather than in a few seconds.")
{
    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var done = run.Gateway.JsonOf(await run.Gateway.AdminSendAsync(HttpMethod.Post, "reconcile", null, cancellationToken));
        if (run.Json)
        {
            run.Output.Json(done, indented: true);
        }
        else
        {
            run.Output.Line($"{Words.Count(done.Show("functions"), "function")} of {Words.Count(done.Show("services"), "service")}, {Words.Count(done.Show("nodes"), "node")}.{(done.Is("others_told") ? " The other gateways were told to do the same." : "")}");
        }

        return ExitCode.Done;
    }
}
