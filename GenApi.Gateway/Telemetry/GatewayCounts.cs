using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Telemetry;

/// <summary>Counts all calls of the gateway, and their errors by code.</summary>
internal sealed class GatewayCounts
{
    private readonly CallCounts _all = new();
    private readonly long[] _byCode = new long[ErrorCode.All.Count];

    /// <summary>A call has ended.</summary>
    public void Count(TimeSpan elapsed, CallError? error)
    {
        _all.Count(elapsed, error is not null);
        if (error is not null)
        {
            Interlocked.Increment(ref _byCode[IndexOf(error.Code)]);
        }
    }

    public CallFigures Read() => _all.Read();

    /// <summary>The errors so far, by code; codes that never came are not in it.</summary>
    public IReadOnlyDictionary<string, long> ReadCodes() => ErrorCode.All
        .Select((code, index) => KeyValuePair.Create(code.Name, Volatile.Read(ref _byCode[index])))
        .Where(code => code.Value > 0)
        .ToDictionary();

    /// <summary>Codes with one name and several HTTP statuses are one.</summary>
    private static int IndexOf(ErrorCode code)
    {
        var all = ErrorCode.All;
        for (var i = 0; i < all.Count; i++)
        {
            if (all[i].Name == code.Name)
            {
                return i;
            }
        }

        return all.Count - 1;
    }
}
