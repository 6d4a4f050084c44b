using GenApi.Gateway.Telemetry;

namespace GenApi.Gateway.Tests.Diagnostics;

/// <summary>Counting calls.</summary>
public sealed class CallCountTests
{
    [Fact]
    public void Counts_mean_and_longest_are_exact_and_percentiles_within_a_factor_of_two()
    {
        var counts = new CallCounts();
        for (var us = 1; us <= 1000; us++)
        {
            counts.Count(TimeSpan.FromMicroseconds(us), failed: us % 10 == 0);
        }

        var figures = counts.Read();

        Assert.Equal((1000, 100, 500, 1000), (figures.Calls, figures.Failures, figures.MeanUs, figures.MaxUs));
        Assert.InRange(figures.P50Us, 250, 1000);
        Assert.InRange(figures.P99Us, 500, 1000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(3_600_000_000_000)]
    public void Any_time_can_be_counted(long us)
    {
        var counts = new CallCounts();
        counts.Count(TimeSpan.FromMicroseconds(us), failed: false);

        Assert.Equal((1, Math.Max(0, us)), (counts.Read().Calls, counts.Read().MaxUs));
        Assert.InRange(counts.Read().P50Us, 0, Math.Max(0, us));
    }

    [Fact]
    public async Task Nothing_is_lost_when_many_count_at_once()
    {
        var counts = new CallCounts();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                counts.Count(TimeSpan.FromMicroseconds(i), failed: i % 2 == 0);
            }
        })));

        Assert.Equal((400_000, 200_000, 49_999), (counts.Read().Calls, counts.Read().Failures, counts.Read().MaxUs));
    }

    [Fact]
    public void Counting_allocates_nothing_after_the_first_call()
    {
        var counts = new CallCounts();
        counts.Count(TimeSpan.FromMicroseconds(5), failed: false);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            counts.Count(TimeSpan.FromMicroseconds(i), failed: true);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
