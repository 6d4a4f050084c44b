using FsCheck;
using FsCheck.Fluent;
using GenApi.Node.Link;

namespace GenApi.Tests.Node;

public sealed class StreamWindowTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_within_the_window_pass_at_once()
    {
        var window = new StreamWindow(10);

        await window.TakeAsync(4, Ended);
        await window.TakeAsync(6, Ended);
        Assert.False(window.TakeAsync(1, Ended).AsTask().IsCompleted);
    }

    [Fact]
    public async Task A_chunk_larger_than_the_window_passes_and_the_next_waits_until_it_is_paid_for()
    {
        var window = new StreamWindow(10);
        await window.TakeAsync(25, Ended);
        var next = window.TakeAsync(1, Ended).AsTask();

        window.Add(15);
        Assert.False(next.IsCompleted);
        window.Add(1);
        await next;
    }

    [Fact]
    public async Task A_stream_without_window_waits_for_credit()
    {
        var window = new StreamWindow(0);
        var take = window.TakeAsync(1, Ended).AsTask();

        Assert.False(take.IsCompleted);
        window.Add(1);
        await take;
    }

    [Fact]
    public async Task A_wait_ends_when_the_stream_is_cancelled()
    {
        var window = new StreamWindow(0);
        using var cancellation = new CancellationTokenSource();
        var take = window.TakeAsync(1, cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => take);

        // The window goes on for the next chunk.
        window.Add(5);
        await window.TakeAsync(5, Ended);
    }

    [Fact]
    public void At_most_one_chunk_is_ever_overdrawn() =>
        Prop.ForAll(
            Gen.Choose(0, 100).ToArbitrary(),
            Gen.Choose(1, 50).NonEmptyListOf().ToArbitrary(),
            Gen.Choose(0, 60).NonEmptyListOf().ToArbitrary(),
            (initial, chunks, credits) =>
            {
                var window = new StreamWindow((uint)initial);
                long allowed = initial;
                long sent = 0;
                Task? waiting = null;
                using var credit = ((IEnumerable<int>)credits).GetEnumerator();
                foreach (var chunk in chunks)
                {
                    waiting = window.TakeAsync(chunk, CancellationToken.None).AsTask();
                    while (!waiting.IsCompleted)
                    {
                        Assert.True(sent >= allowed, "It waited although the window was open.");
                        if (!credit.MoveNext())
                        {
                            return;
                        }

                        allowed += credit.Current;
                        window.Add((uint)credit.Current);
                        if (sent < allowed)
                        {
                            waiting.Wait(TimeSpan.FromSeconds(10));
                        }
                    }

                    Assert.True(sent < allowed, "It sent although the window was closed.");
                    sent += chunk;
                }
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
}
