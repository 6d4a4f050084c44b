using System.Collections;

namespace GenApi.AppHost.LocalCluster;

/// <summary>The launcher's own environment variables, and which of them its children must not inherit.</summary>
internal static class LauncherEnvironment
{
    // Addresses of the launch profile are those of the Aspire dashboard, and parameters hold secrets meant for one resource.
    private static readonly string[] OwnPrefixes = ["ASPIRE_", "Parameters__", LauncherConfiguration.ReplicasSection + "__"];

    private static readonly string[] OwnNames =
    [
        "DOTNET_LAUNCH_PROFILE",
        "ASPNETCORE_URLS", "DOTNET_URLS", "URLS",
        "ASPNETCORE_HTTP_PORTS", "DOTNET_HTTP_PORTS", "HTTP_PORTS",
        "ASPNETCORE_HTTPS_PORTS", "DOTNET_HTTPS_PORTS", "HTTPS_PORTS",
    ];

    /// <summary>Name of the environment for this cluster; Development unless a variable says otherwise.</summary>
    public static string Name =>
        Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? "Development";

    /// <summary>Variables to remove for every child.</summary>
    public static IEnumerable<string> NotForChildren() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => (string)entry.Key).Where(name =>
            OwnNames.Contains(name, StringComparer.OrdinalIgnoreCase)
            || OwnPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)));
}
