using System.Reflection;

namespace GenApi.Cluster.Tests.Running;

/// <summary>What the build of these tests says about itself.</summary>
internal static class BuildFacts
{
    /// <summary>Full path of the AppHost's assembly.</summary>
    public static string AppHostAssembly => Read("AppHostAssembly");

    /// <summary>Full path of the command line tool's assembly.</summary>
    public static string CliAssembly => Read("CliAssembly");

    /// <summary>Full path of the gateway's assembly.</summary>
    public static string GatewayAssembly => Read("GatewayAssembly");

    /// <summary>The folder that holds GenApi.sln.</summary>
    public static string RepositoryFolder => Read("RepositoryFolder");

    /// <summary>Debug or Release.</summary>
    public static string Configuration => Read("Configuration");

    /// <summary>Where <c>--artifacts-path</c> put the build; empty for a build into bin and obj.</summary>
    public static string ArtifactsFolder => Read("ArtifactsFolder");

    /// <summary>Whether the AppHost was built against Aspire, and so is not the local launcher that these tests are about.</summary>
    public static bool UseAspire => Read("UseAspire") == "true";

    private static string Read(string name) =>
        typeof(BuildFacts).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(fact => fact.Key == name).Value ?? "";
}
