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
    /// <summary>What it has seen and sees, until it ends.</summary>
    /// <exception cref="CliException">It breaks off before.</exception>
    public async IAsyncEnumerable<JsonElement> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var seen in Gateway.AdminLinesAsync($"trace/{Uri.EscapeDataString(Id)}/events", "traced calls", begun: null, cancellationToken))
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
