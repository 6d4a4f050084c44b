using System.CommandLine;
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
        : base(host, common, "events", "Shows the gateway's events as they happen, until Ctrl-C.")
    {
        Add(_filter);
        Suggestions.OfWords(_filter, EventNames.All);
    }

    protected override TimeSpan? DefaultTimeout(ParseResult parsed) => null;

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var query = string.Concat((run.Value(_filter) ?? []).Select((pattern, index) => $"{(index == 0 ? '?' : '&')}filter={Uri.EscapeDataString(pattern)}"));
        await foreach (var happened in run.Gateway.AdminLinesAsync($"events{query}", "events", cancellationToken))
        {
            run.Show(happened, LiveText.OfEvent);
        }

        throw new CliException($"The gateway at {GatewayFault.Show(run.Gateway.Url)} has stopped; no more events come from it.");
    }
}
