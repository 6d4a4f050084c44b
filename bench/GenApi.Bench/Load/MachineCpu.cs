using System.Globalization;

namespace GenApi.Bench.Load;

/// <summary>What all processors of the machine did since it started, in ticks of the system.</summary>
/// <param name="Busy">Ticks in which something ran, here or, on a virtual machine, beside it.</param>
/// <param name="Total">All ticks.</param>
internal readonly record struct MachineCpu(long Busy, long Total)
{
    private const string Source = "/proc/stat";

    /// <summary>Reads the counters, or returns null where the system does not show them.</summary>
    public static MachineCpu? Read()
    {
        if (!File.Exists(Source))
        {
            return null;
        }

        // cpu user nice system idle iowait irq softirq steal ...
        using var reader = new StreamReader(Source);
        var counters = (reader.ReadLine() ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8)
            .Select(counter => long.Parse(counter, CultureInfo.InvariantCulture)).ToArray();
        return counters.Length < 8 ? null : new MachineCpu(counters.Sum() - counters[3] - counters[4], counters.Sum());
    }

    /// <summary>The share of the machine that was busy since <paramref name="start"/>, 0 to 1.</summary>
    public double BusyShareSince(MachineCpu start) => Total == start.Total ? 0 : (double)(Busy - start.Busy) / (Total - start.Total);
}
