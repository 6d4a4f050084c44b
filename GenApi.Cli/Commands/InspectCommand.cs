using System.CommandLine;
using System.Text.Json;
using GenApi.Cli.Calls;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi inspect JSON</c>: what would become of a request.</summary>
internal sealed class InspectCommand : ReportCommand
{
    private readonly Argument<string> _request = new("JSON")
    {
        Description = """The request: service, request_type, and as needed version, user_id, user_roles, device_id, ip_address, claims and args; '-' reads it from stdin, '@FILE' from a file.""",
    };

    private byte[]? _read;

    public InspectCommand(CliHost host, CommonOptions common)
        : base(host, common, "inspect", "Shows what would become of a request, step by step, without making the call. Exits with 1 where it would be refused.") => Add(_request);

    protected override string Path(CommandRun run) => "inspect";

    protected override int CodeOf(JsonElement report) => report.Is("would_run") ? ExitCode.Done : ExitCode.Failed;

    protected override async Task<JsonElement> FetchAsync(CommandRun run, CancellationToken cancellationToken)
    {
        // stdin can be read once, and a watched inspection asks again.
        _read ??= await CallArguments.ReadAsync(run.Value(_request), run.Host.Input, cancellationToken);
        return run.Gateway.JsonOf(await run.Gateway.AdminSendAsync(HttpMethod.Post, Path(run), _read, cancellationToken));
    }

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view)
    {
        var request = report.At("request");
        view.Title(report.Is("would_run") ? "The call would run" : $"The call would end at {report.Show("stops_at")}")
            .Fields(
                ("caller", request.Show("user_id") is { Length: > 0 } user ? $"{user}{(request.ShowList("user_roles", ", ") is { Length: > 0 } roles ? $" ({roles})" : "")}" : "not verified"),
                ("goes to", report.Show("target")),
                ("arguments", report.Show("complete_args")));
        FlowCommand.Describe(report, view);
        if (report.At("rate_limit_use").Items().Any())
        {
            view.Title("Rate limits").Table(
                ["Scope", "Key", "Value", "Used", "Of", "Window"],
                report.At("rate_limit_use").Items().Select(limit => (string[])
                    [limit.Show("scope"), limit.Show("key"), limit.Show("key_value"), limit.Show("current"), limit.Show("max_requests"), limit.ShowWindow("window_ms")]),
                "No limit applies.");
        }
    }
}
