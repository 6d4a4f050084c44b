using System.Text.Json;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Connection;

/// <summary>The gateways of a cluster, each to be asked by itself.</summary>
internal static class LiveGateways
{
    /// <summary>The most that one command asks.</summary>
    public const int Most = 32;

    /// <summary>Those that are alive, in the order of their ids. Where there is one, it is the gateway itself.</summary>
    /// <param name="gateway">Whom to ask.</param>
    /// <param name="errors">Where it is said that there may be others.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CliException">They cannot be had, or there are too many.</exception>
    public static async Task<IReadOnlyList<GatewayClient>> FindAsync(GatewayClient gateway, Printer errors, CancellationToken cancellationToken)
    {
        var cluster = await gateway.AdminGetAsync("cluster", cancellationToken);
        if (cluster.Find("knows_all_gateways") is { ValueKind: JsonValueKind.False })
        {
            errors.Sentence($"Redis is away, so the gateway {gateway.Name} knows of no others; this is of it alone.");
        }

        string[] ids = [.. cluster.At("gateways").Items().Select(one => one.Show("id")).Where(id => id.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        return ids.Length switch
        {
            <= 1 => [gateway],
            > Most => throw new CliException($"{ids.Length} gateways are alive, and --all-gateways takes {Most} at the most. Name one by --gateway."),
            _ => [.. ids.Select(gateway.For)],
        };
    }

    /// <summary>Asks each of them, all at once.</summary>
    /// <param name="gateways">Whom to ask.</param>
    /// <param name="ask">Asks one.</param>
    /// <param name="errors">Where it is said that one of them gives no answer, if others do.</param>
    /// <returns>The answers of those that give one.</returns>
    /// <exception cref="CliException">None does.</exception>
    public static async Task<IReadOnlyList<(GatewayClient Gateway, T Answer)>> AskEachAsync<T>(this IReadOnlyList<GatewayClient> gateways, Func<GatewayClient, Task<T>> ask, Printer errors)
    {
        var asked = await Task.WhenAll(gateways.Select(async gateway =>
        {
            try
            {
                return (Gateway: gateway, Answer: await ask(gateway), Fault: (CliException?)null);
            }
            catch (CliException fault)
            {
                return (gateway, default!, fault);
            }
        }));
        var faults = asked.Where(one => one.Fault is not null).ToArray();
        if (faults.Length == asked.Length)
        {
            throw faults[0].Fault!;
        }

        foreach (var (gateway, _, fault) in faults)
        {
            errors.Sentence($"The gateway {gateway.Name} is left out: {fault!.Message}");
        }

        return [.. asked.Where(one => one.Fault is null).Select(one => (one.Gateway, one.Answer))];
    }
}
