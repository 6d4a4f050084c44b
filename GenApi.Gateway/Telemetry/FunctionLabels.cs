using System.Collections.Concurrent;
using GenApi.Gateway.Calls;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Telemetry;

/// <summary>
/// What metrics call a function. Only names that some config has become labels, since clients can make up any others, and only
/// so many of them, since each is a series of its own in whatever stores the metrics.
/// </summary>
internal sealed class FunctionLabels(IOptions<GenApiGatewayOptions> options)
{
    /// <summary>No config has the name that was called.</summary>
    public const string Unknown = "unknown";

    /// <summary>A function beyond those that are told apart.</summary>
    public const string Other = "other";

    private readonly int _max = options.Value.Telemetry.MaxFunctions;
    private readonly ConcurrentDictionary<(string Service, string RequestType), bool> _told = new();
    private int _count;

    public (string Service, string Method) Of(Call call)
    {
        if (call.Function is null)
        {
            return (Unknown, Unknown);
        }

        var config = call.Function.Config;
        var name = (config.Service, config.RequestType);
        return _told.ContainsKey(name) || TryAdd(name) ? name : (Other, Other);
    }

    private bool TryAdd((string Service, string RequestType) name)
    {
        if (Volatile.Read(ref _count) >= _max)
        {
            return false;
        }

        if (Interlocked.Increment(ref _count) > _max)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        if (!_told.TryAdd(name, true))
        {
            Interlocked.Decrement(ref _count);
        }

        return true;
    }
}
