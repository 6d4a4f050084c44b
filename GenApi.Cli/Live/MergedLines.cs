using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using GenApi.Cli.Commands;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Live;

/// <summary>
/// Shows what several gateways tell live, as it comes. A connection that breaks is opened again, as it may have led through a gateway that is gone, to one that is
/// not. A gateway that is gone itself is said so, and the others go on.
/// </summary>
/// <param name="run">The command.</param>
/// <param name="sources">What each gateway tells.</param>
/// <param name="describe">Makes text of a thing that is told.</param>
internal sealed class MergedLines(CommandRun run, IReadOnlyList<LiveSource> sources, Func<JsonElement, string> describe)
{
    /// <summary>What has come and is not shown yet. A gateway whose connection is full drops what it has to tell, and counts it.</summary>
    private const int Waiting = 256;

    /// <summary>More than the seconds after which the others forget a gateway that has ended without a word.</summary>
    private const int MostTries = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<LiveSource, GatewayLabel> _labels = sources.ToDictionary(
        source => source,
        source => new GatewayLabel(source.Gateway.Name, sources.Max(other => other.Gateway.Name.Length)));

    private enum Sign
    {
        Line,
        Broken,
        Lost,
        Ended,
    }

    /// <summary>Shows it until each gateway has told everything or is lost.</summary>
    /// <returns>The gateways that have told everything.</returns>
    /// <exception cref="OperationCanceledException">Somebody has had enough.</exception>
    public async Task<int> ShowAsync(CancellationToken cancellationToken)
    {
        if (!run.Json)
        {
            run.Errors.Note($"Of the gateway{(sources.Count == 1 ? "" : "s")} {Words.List(sources.Select(source => source.Gateway.Name))}.");
        }

        var (open, ended) = (sources.Count, 0);
        await foreach (var (source, sign, line, fault) in ReadAsync(cancellationToken))
        {
            switch (sign)
            {
                case Sign.Line:
                    run.Show(line, describe, _labels[source]);
                    break;
                case Sign.Broken:
                    run.Errors.Note($"{fault!.Message} The gateway {source.Gateway.Name} is asked again; what happens meanwhile may be missing.");
                    break;
                case Sign.Lost:
                    open--;
                    run.Errors.Sentence($"The gateway {source.Gateway.Name} is lost: {fault!.Message}{(open > 0 ? " The others go on." : "")}");
                    break;
                default:
                    open--;
                    ended++;
                    break;
            }
        }

        return ended;
    }

    private async IAsyncEnumerable<Told> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var told = Channel.CreateBounded<Told>(new BoundedChannelOptions(Waiting) { SingleReader = true });
        var listening = ListenToAllAsync(told.Writer, enough.Token);
        try
        {
            await foreach (var thing in told.Reader.ReadAllAsync(cancellationToken))
            {
                yield return thing;
            }
        }
        finally
        {
            await enough.CancelAsync();
            await listening;
        }
    }

    private async Task ListenToAllAsync(ChannelWriter<Told> told, CancellationToken cancellationToken)
    {
        await Task.WhenAll(sources.Select(async source =>
        {
            try
            {
                await ListenAsync(source, told, cancellationToken);
            }
            catch (Exception error)
            {
                // It comes out where the things are read.
                told.TryComplete(error);
            }
        }));
        told.TryComplete();
    }

    private async Task ListenAsync(LiveSource source, ChannelWriter<Told> told, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            CliException fault;
            try
            {
                await foreach (var line in source.Listen(cancellationToken))
                {
                    tries = 1;
                    await told.WriteAsync(new Told(source, Sign.Line, line), cancellationToken);
                }

                await told.WriteAsync(new Told(source, Sign.Ended), cancellationToken);
                return;
            }
            catch (CliException failure)
            {
                fault = failure;
            }

            // It may not have noticed yet that the listener of before is gone, for whom it keeps the place.
            if (tries == MostTries || fault.GatewayCode is not (null or "gateway_unreachable" or "unavailable"))
            {
                await told.WriteAsync(new Told(source, Sign.Lost, Fault: fault), cancellationToken);
                return;
            }

            if (tries == 1)
            {
                // It may be asked at once, by another way; after that it needs time.
                await told.WriteAsync(new Told(source, Sign.Broken, Fault: fault), cancellationToken);
            }
            else
            {
                await Task.Delay(Pause, run.Host.Time, cancellationToken);
            }
        }
    }

    private readonly record struct Told(LiveSource Source, Sign Sign, JsonElement Line = default, CliException? Fault = null);
}
