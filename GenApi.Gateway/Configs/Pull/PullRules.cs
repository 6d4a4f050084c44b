using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Configs.Pull;

/// <summary>Says what is wrong with a <see cref="ServiceConfig"/>, from the settings or from a push.</summary>
internal static class PullRules
{
    private const int MaxNodes = 32;
    private const int MaxAddressLength = 256;
    private const int MaxPathLength = 512;

    private const int LeastInterval = 1000;
    private const int MostInterval = 24 * 60 * 60 * 1000;
    private const int LeastTimeout = 100;
    private const int MostTimeout = 60_000;

    /// <summary>Every fault in the settings.</summary>
    public static IEnumerable<string> FaultsOf(PullOptions options)
    {
        for (var i = 0; i < options.Services.Count; i++)
        {
            var section = $"GenApi:Pull:Services:{i}";
            foreach (var (member, fault) in FaultsOf(options.Services[i]))
            {
                yield return $"{section}:{member switch { "service" => "Service", "nodes" => "Nodes", "path" => "Path", "version_path" => "VersionPath", "interval" => "Interval", _ => "Timeout" }} {fault}.";
            }

            if (options.Services.Take(i).Any(other => other.Service == options.Services[i].Service))
            {
                yield return $"{section}:Service is '{options.Services[i].Service}', which stands in GenApi:Pull:Services already.";
            }
        }
    }

    /// <summary>Every fault, as the member's JSON name and the rest of a sentence that begins with it.</summary>
    public static IEnumerable<(string Member, string Fault)> FaultsOf(ServiceConfig config)
    {
        if (!FunConfigValidator.IsName(config.Service))
        {
            yield return ("service", $"must be 1 to 128 letters, digits, '_', '-' or '.', but is '{config.Service}'");
        }

        if (config.Nodes.Count is 0 or > MaxNodes)
        {
            yield return ("nodes", $"must have 1 to {MaxNodes} addresses such as http://10.0.0.5:5090");
        }

        foreach (var wrong in config.Nodes.Where(node => node is not { Length: <= MaxAddressLength } || !FunConfigValidator.IsAddress(node)))
        {
            yield return ("nodes", $"has '{wrong}', which is not an http or https address such as http://10.0.0.5:5090");
        }

        if (!IsPath(config.Path))
        {
            yield return ("path", $"must be a path such as /genapi/config, of at most {MaxPathLength} characters, but is '{config.Path}'");
        }

        if (config.VersionPath.Length > 0 && !IsPath(config.VersionPath))
        {
            yield return ("version_path", $"must be empty or a path such as /genapi/config/version, of at most {MaxPathLength} characters, but is '{config.VersionPath}'");
        }

        if (config.Interval is < LeastInterval or > MostInterval)
        {
            yield return ("interval", $"is {config.Interval}; it must be from {LeastInterval} to {MostInterval} ms");
        }

        if (config.Timeout is < LeastTimeout or > MostTimeout)
        {
            yield return ("timeout", $"is {config.Timeout}; it must be from {LeastTimeout} to {MostTimeout} ms");
        }
    }

    private static bool IsPath(string path) =>
        path.Length <= MaxPathLength && path.StartsWith('/') && path.All(letter => letter is > ' ' and <= '~' and not ('\\' or '#'));
}
