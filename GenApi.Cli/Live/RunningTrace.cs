using System.Runtime.CompilerServices;
using System.Text.Json;
using GenApi.Cli.Commands;
using GenApi.Cli.Connection;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Live;

/// <summary>A trace on a gateway.</summary>
/// <param name="Gateway">The gateway.</param>
/// <param name="Id">The trace's id there.</param>
internal sealed record RunningTrace(GatewayClient Gateway, string Id)
{
    /// <summary>The same refusal of one gateway, which may have been the wrong one to ask, with how to find the right one.</summary>
    public static CliException MayBeElsewhere(CliException refusal) =>
        new($"{refusal.Message} Where there are several gateways, --all-gateways finds the one that has it.", refusal.ExitCode, refusal.GatewayCode);

    /// <summary>Looks for the gateway that has a trace.</summary>
    /// <exception cref="CliException">None has it, or several have one of that id: each gateway numbers its own.</exception>
    public static async Task<RunningTrace> FindAsync(CommandRun run, string id, CancellationToken cancellationToken)
    {
        var gateways = await LiveGateways.FindAsync(run.Gateway, run.Errors, cancellationToken);
        var all = await gateways.AskEachAsync(gateway => gateway.AdminGetAsync("trace", cancellationToken), run.Errors);
        GatewayClient[] known = [.. all.Where(one => one.Answer.At("traces").Items().Any(trace => trace.Show("id") == id)).Select(one => one.Gateway)];
        return known switch
        {
            [var gateway] => new RunningTrace(gateway, id),
            [] => throw new CliException($"No gateway has a trace {id}; 'genapi trace status --all-gateways' lists those there are."),
            _ => throw new CliException($"Several gateways have a trace {id}: {Words.List(known.Select(gateway => gateway.Name))}. Name one by --gateway."),
        };
    }

    /// <summary>What it has seen and sees, until it ends.</summary>
    /// <param name="begun">Told once the gateway listens; null: nobody is.</param>
    /// <param name="cancellationToken">Has had enough.</param>
    /// <exception cref="CliException">It breaks off before.</exception>
    public async IAsyncEnumerable<JsonElement> ListenAsync(Action<GatewayClient>? begun, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var seen in Gateway.AdminLinesAsync($"trace/{Uri.EscapeDataString(Id)}/events", "traced calls", () => begun?.Invoke(Gateway), cancellationToken))
        {
            yield return seen;
            if (seen.Show("type") == "end")
            {
                yield break;
            }
        }

        throw new CliException($"The gateway {Gateway.Name} has stopped, and the trace {Id} with it.");
    }

    /// <summary>Nobody looks any more. If it cannot be said now, the trace still ends by itself.</summary>
    public async Task EndAsync(CommandRun run)
    {
        using var patience = new CancellationTokenSource(GatewayClient.ConnectTimeout, run.Host.Time);
        try
        {
            await Gateway.AdminSendAsync(HttpMethod.Delete, $"trace/{Uri.EscapeDataString(Id)}", json: null, patience.Token);
        }
        catch (Exception error) when (error is CliException or OperationCanceledException)
        {
            run.Errors.Note($"The trace {Id} could not be stopped; it ends by itself.");
        }
    }
}
