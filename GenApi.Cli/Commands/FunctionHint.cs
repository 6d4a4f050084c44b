using System.Text.Json;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary>Says which function may have been meant, after the gateway has said that it knows none of the name that was typed.</summary>
internal static class FunctionHint
{
    /// <summary>The gateway's error code for that.</summary>
    public const string NotFound = "not_found";

    private const string Unversioned = "-";
    private const int MostNames = 3;
    private const int MostVersions = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Looks through the functions that there are.</summary>
    /// <returns>A sentence; null: nothing is like it, or the functions cannot be had.</returns>
    public static async Task<string?> FindAsync(CommandRun run, FunctionName asked, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return Find([.. (await run.Gateway.AdminGetAsync("functions", patience.Token)).Items()], asked);
        }
        catch (Exception error) when (error is CliException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // What went wrong has been said; this would only have been a help.
            return null;
        }
    }

    private static string? Find(JsonElement[] functions, FunctionName asked)
    {
        JsonElement[] ofService = [.. functions.Where(function => function.Show("service") == asked.Service)];
        string[] versions = [.. ofService.Where(function => function.Show("request_type") == asked.RequestType).Select(function => function.Find("version") is null ? Unversioned : function.Show("version"))];
        if (versions.Length > 0)
        {
            // The function itself may have said that it does not find what it was asked for.
            return asked.Version is null || versions.Contains(asked.Version) ? null
                : versions is [Unversioned] ? "The function is there without a version."
                : versions.Contains(Unversioned) ? $"The function is there without a version, and as {Some(versions.Where(version => version != Unversioned))}."
                : $"The function is there as {Some(versions)}.";
        }

        if (ofService.Length > 0)
        {
            return Ask(NearName.Of(asked.RequestType, ofService.Select(function => function.Show("request_type"))).Select(type => $"{asked.Service}/{type}"));
        }

        var services = NearName.Of(asked.Service, functions.Select(function => function.Show("service")));
        var known = functions.Where(function => services.Contains(function.Show("service"))).ToLookup(function => function.Show("service"), function => function.Show("request_type"));
        return Ask(services.SelectMany(service => NearName.Of(asked.RequestType, known[service]).Select(type => $"{service}/{type}"))) ?? Ask(services.Select(service => $"the service {service}"));
    }

    private static string? Ask(IEnumerable<string> names)
    {
        string[] some = [.. names.Take(MostNames)];
        return some.Length == 0 ? null : $"Did you mean {string.Join(" or ", some)}?";
    }

    private static string Some(IEnumerable<string> versions)
    {
        string[] all = [.. versions];
        return all.Length <= MostVersions ? Words.List(all) : $"{string.Join(", ", all[..MostVersions])} and {all.Length - MostVersions} more";
    }
}
