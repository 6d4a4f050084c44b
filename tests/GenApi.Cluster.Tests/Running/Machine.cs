using GenApi.Testing.Processes;
using GenApi.Testing.Redis;

namespace GenApi.Cluster.Tests.Running;

/// <summary>What this machine has, and why a test cannot run where it lacks something.</summary>
internal static class Machine
{
    /// <summary>Why no cluster test can run here; null: they can.</summary>
    public static string? CannotRunClusters { get; } =
        BuildFacts.UseAspire ? "The AppHost is built against Aspire; these tests are about the local launcher. Build and run with UseAspire=false."
        : !OperatingSystem.IsLinux() ? "Processes are watched through /proc, which only Linux has."
        : Programs.Find("setsid") is null || Programs.Find("env") is null || Programs.Find("bash") is null ? "setsid, env and bash are needed on PATH."
        : null;

    /// <summary>Why there is no Redis to start; null: there is.</summary>
    public static string? CannotRunRedis { get; } = CannotRunClusters
        ?? (RedisServer.Missing is { } missing ? $"{missing} ./test.sh installs it where it can." : null);

    /// <summary>Why commands for curl cannot be tried; null: they can.</summary>
    public static string? CannotRunCurl { get; } = CannotRunClusters ?? (Programs.Find("curl") is null ? "No curl on PATH." : null);

    /// <summary>The folder of the JavaScript client.</summary>
    public static string JavaScriptFolder { get; } = Path.Combine(BuildFacts.RepositoryFolder, "tests", "javascript");

    /// <summary>Why the JavaScript client cannot run; null: it can.</summary>
    public static string? CannotRunJavaScript { get; } = CannotRunClusters
        ?? (Programs.Find("node") is null ? "No node on PATH. Install Node.js 18 or newer."
            : !HasPackage("@microsoft", "signalr") || !HasPackage("playwright-core") ? "The npm packages are missing. Run 'npm ci' in tests/javascript, or ./test.sh."
            : null);

    /// <summary>Full path of Chromium or its like; null if there is none.</summary>
    public static string? Chromium { get; } = Programs.Find("chromium") ?? Programs.Find("chromium-browser") ?? Programs.Find("google-chrome");

    /// <summary>Why no browser can be driven; null: one can.</summary>
    public static string? CannotRunBrowser { get; } = CannotRunJavaScript
        ?? (Chromium is null ? "No chromium, chromium-browser or google-chrome on PATH. ./test.sh installs Chromium where it can." : null);

    private static bool HasPackage(params string[] path) => Directory.Exists(Path.Combine([JavaScriptFolder, "node_modules", .. path]));
}
