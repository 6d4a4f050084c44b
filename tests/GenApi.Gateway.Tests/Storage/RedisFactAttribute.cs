using System.Runtime.CompilerServices;
using GenApi.Testing.Redis;

namespace GenApi.Gateway.Tests.Storage;

/// <summary>A test that starts a Redis server. Skipped, with the reason, on a machine that has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = RedisServer.Missing;
}

/// <summary>A test that starts a Redis server, run once for each row of data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisTheoryAttribute : TheoryAttribute
{
    public RedisTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = RedisServer.Missing;
}
