using System.Globalization;

namespace GenApi.AppHost.LocalCluster;

/// <summary>The arguments of the local launcher.</summary>
internal sealed record LaunchOptions
{
    private const int LowestPort = 1024;

    // Leaves room for every project's block of ports above the first one.
    private const int HighestFirstPort = 65000;

    /// <summary>What --help prints.</summary>
    public const string Help = """
        Runs the GenApi cluster on this machine: Redis if it is installed, the gateway, and the service nodes.

        Usage: dotnet run --project GenApi.AppHost [-- options]

          --ports-from N          First port: the gateway listens on N, the sample nodes on N+10 and up. Default 5080.
          --no-redis              Do not start Redis even if it is installed. The gateway then keeps its state in memory.
          --fresh                 Start with an empty Redis that keeps nothing.
          --Replicas:NAME=N       Number of processes of a resource, 1 to 10. Example: --Replicas:sample=3
          --Parameters:NAME=VALUE Value of a parameter. Also by environment, where others cannot see it: Parameters__admin_token.
          --Section:Key=value     Any other setting of the AppHost's configuration.
          --help                  This text.

        Ctrl-C stops everything.

        """;

    /// <summary>First port of the cluster, or null for the ports in AppHost.cs.</summary>
    public int? PortsFrom { get; private init; }

    /// <summary>Whether to run without Redis.</summary>
    public bool NoRedis { get; private init; }

    /// <summary>Whether Redis starts empty and keeps nothing.</summary>
    public bool Fresh { get; private init; }

    /// <summary>Configuration given on the command line.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; private init; } = new Dictionary<string, string?>();

    /// <summary>Whether the user wants <see cref="Help"/>.</summary>
    public static bool AsksForHelp(IEnumerable<string> args) => args.Any(arg => arg is "--help" or "-h" or "-?");

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="LaunchException">An argument is unknown or wrong.</exception>
    public static LaunchOptions Parse(IReadOnlyList<string> args)
    {
        var options = new LaunchOptions();
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);

        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var left, var right] ? (left, right) : (args[i], null);
            switch (name)
            {
                case "--no-redis" when value is null:
                    options = options with { NoRedis = true };
                    break;
                case "--fresh" when value is null:
                    options = options with { Fresh = true };
                    break;
                case "--ports-from":
                    options = options with { PortsFrom = ParsePort(value ?? Next(args, ref i, name)) };
                    break;
                case ['-', '-', not '-', ..] when name.Contains(':', StringComparison.Ordinal):
                    settings[name[2..]] = value ?? Next(args, ref i, name);
                    break;
                default:
                    throw new LaunchException($"Unknown argument '{args[i]}'. Use --help to see what there is.");
            }
        }

        return options with { Settings = settings };
    }

    private static string Next(IReadOnlyList<string> args, ref int i, string name) =>
        ++i < args.Count ? args[i] : throw new LaunchException($"{name} needs a value. Use --help to see an example.");

    private static int ParsePort(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= LowestPort and <= HighestFirstPort
            ? port
            : throw new LaunchException($"--ports-from '{value}' is not a port. Use a number from {LowestPort} to {HighestFirstPort}.");
}
