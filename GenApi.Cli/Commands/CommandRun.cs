using System.CommandLine;
using System.Text.Json;
using GenApi.Cli.Connection;
using GenApi.Cli.Live;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary>What a command has at hand while it runs.</summary>
/// <param name="parsed">The command line.</param>
/// <param name="host">The world outside.</param>
/// <param name="common">The options that every command has.</param>
/// <param name="timeout">How long the command may take in all; null: as long as it takes.</param>
/// <param name="anyGateway">Whether it is all the same which gateway answers, even if the user names one.</param>
internal sealed class CommandRun(ParseResult parsed, CliHost host, CommonOptions common, TimeSpan? timeout, bool anyGateway) : IDisposable
{
    private GatewayClient? _gateway;

    public CliHost Host => host;

    /// <summary>Results.</summary>
    public Printer Output { get; } = new(host.Output);

    /// <summary>Errors and progress.</summary>
    public Printer Errors { get; } = new(host.Error);

    /// <summary>Whether the answer is to be printed as JSON.</summary>
    public bool Json => parsed.GetValue(common.Json);

    /// <summary>How long the command may take in all; null: as long as it takes.</summary>
    public TimeSpan? Timeout => timeout;

    /// <summary>
    /// The gateway. It is looked for at the first use, so a command first says what is wrong with its own command line.
    /// </summary>
    /// <exception cref="CliException">There is none to be found.</exception>
    public GatewayClient Gateway => _gateway ??= new GatewayClient(
        GatewayAddress.Find(parsed.GetValue(common.Url), parsed.GetValue(common.AdminToken), host.Variable),
        anyGateway || AllGateways ? null : AskedGateway.Find(parsed.GetValue(common.Gateway), host.Variable),
        (gone, now) =>
        {
            Moved = $"The gateway {gone} is gone; {now} answers now.";
            Errors.Note(Moved);
        });

    /// <summary>Whether every gateway is meant, not one.</summary>
    public bool AllGateways => parsed.GetResult(common.AllGateways) is { Implicit: false };

    /// <summary>That another gateway answers now than before, as a sentence; null: it is still the same.</summary>
    public string? Moved { get; private set; }

    /// <summary>Shows something that has just come, on a line of its own: as it came with --json, else as text.</summary>
    /// <param name="json">What has come.</param>
    /// <param name="describe">Makes text of it.</param>
    /// <param name="gateway">The gateway that tells it, where there are several; null: there is one.</param>
    public void Show(JsonElement json, Func<JsonElement, string> describe, GatewayLabel? gateway = null)
    {
        if (Json || json.ValueKind != JsonValueKind.Object)
        {
            Output.Json(gateway?.AddTo(json) ?? json, indented: false);
        }
        else
        {
            Output.Line($"{gateway?.Prefix}{describe(json)}");
        }
    }

    /// <summary>Says which gateway it is that a live view or a list is of; scripts do not get to see it.</summary>
    public void ShowGateway(GatewayClient gateway)
    {
        if (!Json && gateway.Answering is { } id)
        {
            Errors.Note($"Of the gateway {id}.");
        }
    }

    /// <summary>Prints what the gateway answered: as it came with --json, else laid out for people.</summary>
    public void Report(JsonElement report, Action<JsonElement, ReportView> describe)
    {
        if (Json)
        {
            Output.Json(report, indented: true);
            return;
        }

        var view = new ReportView(Output.IsTerminal);
        describe(report, view);
        Output.Report(view);
        foreach (var note in view.Notes)
        {
            Errors.Note(note);
        }
    }

    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    public T? Value<T>(Argument<T> argument) => parsed.GetValue(argument);

    public void Dispose() => _gateway?.Dispose();
}
