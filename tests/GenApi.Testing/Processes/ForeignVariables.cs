using System.Diagnostics;

namespace GenApi.Testing.Processes;

/// <summary>What this process was started with must not reach into the servers that it starts: they get only what is set for them.</summary>
public static class ForeignVariables
{
    private static readonly string[] Prefixes =
    [
        "ASPNETCORE_", "ConnectionStrings__", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE", "DOTNET_SYSTEM_NET_SOCKETS_", "DOTNET_URLS",
        "GENAPI_", "Logging__", "MSBUILD", "OTEL_", "Parameters__", "Replicas__", "services__",
    ];

    /// <summary>Takes out of the environment what would change what a server does.</summary>
    public static void RemoveFrom(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Where(name => Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ToList())
        {
            start.Environment.Remove(name);
        }
    }
}
