namespace GenApi.Bench.Report;

internal static class Statistics
{
    /// <summary>The middle value, or the mean of the two middle ones. Not a number if there is none.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length switch
        {
            0 => double.NaN,
            var n when n % 2 == 1 => sorted[n / 2],
            var n => (sorted[(n / 2) - 1] + sorted[n / 2]) / 2,
        };
    }

    /// <summary>Compares two series round by round, so that what disturbs the machine for longer than a round disturbs both sides.</summary>
    public static RatioReport Compare(string what, IReadOnlyList<double> subject, IReadOnlyList<double> baseline, Target? target)
    {
        double[] ratios = [.. subject.Zip(baseline, (left, right) => left / right)];
        return new RatioReport(what, ratios, Median(ratios), ratios.Min(), ratios.Max(), target);
    }

    /// <summary>Percentiles of latencies given in tenths of a microsecond. Sorts them in place.</summary>
    public static LatencyReport Percentiles(uint[] latencies)
    {
        if (latencies.Length == 0)
        {
            return new LatencyReport(0, 0, 0, 0);
        }

        Array.Sort(latencies);
        return new LatencyReport(At(0.50), At(0.90), At(0.99), latencies[^1] / 10.0);

        double At(double share) => latencies[(int)Math.Ceiling(share * latencies.Length) - 1] / 10.0;
    }
}
