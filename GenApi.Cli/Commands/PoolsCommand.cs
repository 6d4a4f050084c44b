using System.Text.Json;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi pools</c>: the worker pools of a gateway.</summary>
internal sealed class PoolsCommand(CliHost host, CommonOptions common) : ReportCommand(host, common, "pools", "Shows the worker pools of async calls and of streams.")
{
    protected override string Path(CommandRun run) => "pools";

    protected override bool IsOfOneGateway => true;

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view) => view.Pools(report);
}
