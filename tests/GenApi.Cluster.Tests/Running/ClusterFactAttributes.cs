using System.Runtime.CompilerServices;

namespace GenApi.Cluster.Tests.Running;

/// <summary>A test that starts a cluster. Skipped, with the reason, on a machine that cannot; see <see cref="Machine"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = Machine.CannotRunClusters;
}

/// <summary>A test of a cluster, run once for each row of data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClusterTheoryAttribute : TheoryAttribute
{
    public ClusterTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = Machine.CannotRunClusters;
}

/// <summary>A test that needs a Redis to start.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = Machine.CannotRunRedis;
}

/// <summary>A test that runs curl.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CurlTheoryAttribute : TheoryAttribute
{
    public CurlTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = Machine.CannotRunCurl;
}

/// <summary>A test that calls through the npm client.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class JavaScriptFactAttribute : FactAttribute
{
    public JavaScriptFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = Machine.CannotRunJavaScript;
}

/// <summary>A test that calls through the npm client, run once for each row of data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class JavaScriptTheoryAttribute : TheoryAttribute
{
    public JavaScriptTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = Machine.CannotRunJavaScript;
}

/// <summary>A test that opens pages in a browser.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = Machine.CannotRunBrowser;
}

/// <summary>A test that opens pages in a browser, run once for each row of data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = Machine.CannotRunBrowser;
}
