using System.Collections.Concurrent;

namespace GenApi.SampleService;

/// <summary>Counts by name, in this process. Forgets everything once it knows too many names.</summary>
internal sealed class Counters
{
    private const int MaxNames = 100_000;

    private readonly ConcurrentDictionary<string, int> _counts = new();

    public int Next(string name)
    {
        if (_counts.Count >= MaxNames)
        {
            _counts.Clear();
        }

        return _counts.AddOrUpdate(name, 1, static (_, count) => count + 1);
    }

    public int Current(string name) => _counts.GetValueOrDefault(name);
}
