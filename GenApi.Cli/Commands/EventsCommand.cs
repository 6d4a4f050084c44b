using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json;
using GenApi.Cli.Completion;
using GenApi.Cli.Connection;
using GenApi.Cli.Live;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi events</c>: shows what happens in the gateway, as it happens.</summary>
internal sealed class EventsCommand : GatewayCommand
{
    private readonly Option<string[]> _filter = new("--filter")
    {
        Description = "Show only events of this name, with * for any letters: executor.*, *.exception. May be given several times.",
        HelpName = "PATTERN",
    };

    public EventsCommand(CliHost host, CommonOptions common)
        : base(host, common, "events", "Shows the events of one gateway, or of all, as they happen, until Ctrl-C.")
    {
        Add(_filter);
        common.AddAllGateways(this);
        Suggestions.OfWords(_filter, EventNames.All);
    }

    protected override TimeSpan? DefaultTimeout(ParseResult parsed) => null;

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var query = string.Concat((run.Value(_filter) ?? []).Select((pattern, index) => $"{(index == 0 ? '?' : '&')}filter={Uri.EscapeDataString(pattern)}"));
        if (run.AllGateways && await LiveGateways.FindAsync(run.Gateway, run.Errors, cancellationToken) is { Count: > 1 } gateways)
        {
            await new MergedLines(run, [.. gateways.Select(gateway => new LiveSource(gateway, ended => ListenAsync(gateway, query, begun: null, ended)))], LiveText.OfEvent)
                .ShowAsync(cancellationToken);
            throw new CliException("No gateway is left; no more events come.");
        }

        await foreach (var happened in ListenAsync(run.Gateway, query, () => run.ShowGateway(run.Gateway), cancellationToken))
        {
            run.Show(happened, LiveText.OfEvent);
        }

        return ExitCode.Done;
    }

    private static async IAsyncEnumerable<JsonElement> ListenAsync(GatewayClient gateway, string query, Action? begun, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var happened in gateway.AdminLinesAsync($"events{query}", "events", begun, cancellationToken))
        {
            yield return happened;
        }

        throw new CliException($"The gateway {gateway.Name} has stopped; no more events come from it.");
    }
}
