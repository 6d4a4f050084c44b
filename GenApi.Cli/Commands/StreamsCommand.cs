using System.CommandLine;
using System.Text.Json;
using GenApi.Cli.Connection;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi streams</c>: the streams under way on a gateway.</summary>
internal sealed class StreamsCommand : StreamsListCommand
{
    public StreamsCommand(CliHost host, CommonOptions common)
        : base(host, common, "streams", "Lists the streams under way on a gateway.")
    {
        Add(new StreamsListCommand(host, common, "list", "Lists them; the same as 'genapi streams'."));
        Add(new StreamStopCommand(host, common));
    }
}

/// <summary><c>genapi streams list</c>.</summary>
internal class StreamsListCommand(CliHost host, CommonOptions common, string name, string description) : ReportCommand(host, common, name, description)
{
    protected override string Path(CommandRun run) => "streams";

    protected override bool IsOfOneGateway => true;

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view) => view.Table(
        ["Request", "Service", "Function", "User", "Node", "Age", "Chunks"],
        report.Items().Select(stream => (string[])
            [stream.Show("request_id"), stream.Show("service"), stream.Show("request_type"), stream.Show("user_id"), stream.Show("node"), stream.ShowMilliseconds("age_ms"), stream.Show("chunks")]),
        "No stream is under way.");
}

/// <summary><c>genapi streams stop REQUEST_ID</c>.</summary>
internal sealed class StreamStopCommand : GatewayCommand
{
    private readonly Argument<string> _requestId = new("REQUEST_ID") { Description = "The request id of the stream." };

    public StreamStopCommand(CliHost host, CommonOptions common)
        : base(host, common, "stop", "Stops every stream of a request id on a gateway, and what produces it. The gateway's GenApi:AdminActions must allow manage_functions.")
    {
        Add(_requestId);
        common.Suggestions.OfStream(_requestId);
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var requestId = run.Value(_requestId)!;
        run.Gateway.CheckDone(await run.Gateway.AdminSendAsync(HttpMethod.Post, $"streams/{AdminPath.Of(requestId)}/stop", null, cancellationToken));
        if (run.Json)
        {
            run.Output.Json(JsonSerializer.SerializeToElement(new StreamStopped(requestId, Stopped: true), ConnectionJson.Default.StreamStopped), indented: true);
        }
        else
        {
            run.Output.Line($"The stream {requestId} is stopped.");
        }

        return ExitCode.Done;
    }
}
