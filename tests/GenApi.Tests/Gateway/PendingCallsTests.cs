using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;
using GenApi.Gateway.Nodes.Links;

namespace GenApi.Tests.Gateway;

public sealed class PendingCallsTests
{
    [Fact]
    public void A_call_is_taken_once()
    {
        var calls = new PendingCalls(10);
        var call = new PendingCall();

        Assert.True(calls.TryAdd(call));
        Assert.Same(call, calls.Take(call.Id));
        Assert.Null(calls.Take(call.Id));
        Assert.Equal(0, calls.Count);
    }

    [Fact]
    public void The_id_of_a_call_that_is_gone_finds_not_the_next_in_its_place()
    {
        var calls = new PendingCalls(10);
        var first = new PendingCall();
        calls.TryAdd(first);
        calls.Take(first.Id);
        var second = new PendingCall();
        calls.TryAdd(second);

        Assert.NotEqual(first.Id, second.Id);
        Assert.Null(calls.Take(first.Id));
        Assert.Same(second, calls.Take(second.Id));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(999_999UL)]
    [InlineData(ulong.MaxValue)]
    public void An_id_that_was_never_given_finds_nothing(ulong id)
    {
        var calls = new PendingCalls(10);
        calls.TryAdd(new PendingCall());

        Assert.Null(calls.Take(id));
        Assert.Equal(1, calls.Count);
    }

    [Fact]
    public void A_full_table_takes_no_more_until_one_is_gone()
    {
        var calls = new PendingCalls(2);
        var first = new PendingCall();
        Assert.True(calls.TryAdd(first));
        Assert.True(calls.TryAdd(new PendingCall()));
        Assert.False(calls.TryAdd(new PendingCall()));
        calls.Take(first.Id);

        Assert.True(calls.TryAdd(new PendingCall()));
    }

    [Fact]
    public void Only_calls_whose_deadline_has_passed_are_given_up()
    {
        var calls = new PendingCalls(10);
        var early = new PendingCall { Deadline = 10 };
        var late = new PendingCall { Deadline = 20 };
        var never = new PendingCall { Deadline = long.MaxValue };
        foreach (var call in new[] { early, late, never })
        {
            calls.TryAdd(call);
        }

        Assert.Null(calls.TakeExpired(9));
        Assert.Equal([early], calls.TakeExpired(10)!);
        Assert.Equal([late], calls.TakeExpired(1_000)!);
        Assert.Null(calls.TakeExpired(1_000));
        Assert.Equal(1, calls.Count);
    }

    [Fact]
    public void A_closed_table_gives_back_all_and_takes_no_more()
    {
        var calls = new PendingCalls(1000);
        var added = Enumerable.Range(0, 200).Select(PendingEntry (_) => new PendingCall()).ToList();
        added.ForEach(call => calls.TryAdd(call));
        calls.Take(added[7].Id);

        Assert.Equal(added.Where((_, index) => index != 7).ToHashSet(), calls.Close().ToHashSet());
        Assert.False(calls.TryAdd(new PendingCall()));
        Assert.Null(calls.Take(added[3].Id));
        Assert.Empty(calls.Close());
    }

    [Fact]
    public void A_table_that_drains_takes_no_more_and_is_drained_once_it_is_empty()
    {
        var calls = new PendingCalls(10);
        var call = new PendingCall();
        calls.TryAdd(call);
        Assert.False(calls.IsDrained);
        calls.StopAdding();

        Assert.False(calls.IsDrained);
        Assert.False(calls.TryAdd(new PendingCall()));
        Assert.Same(call, calls.Find(call.Id));
        Assert.Same(call, calls.Take(call.Id));
        Assert.True(calls.IsDrained);
    }

    [Fact]
    public void A_call_that_is_found_stays()
    {
        var calls = new PendingCalls(10);
        var call = new PendingCall();
        calls.TryAdd(call);

        Assert.Same(call, calls.Find(call.Id));
        Assert.Same(call, calls.Find(call.Id));
        Assert.Null(calls.Find(call.Id + 1));
        calls.Take(call.Id);
        Assert.Null(calls.Find(call.Id));
    }

    [Fact]
    public void It_behaves_as_a_dictionary() =>
        Prop.ForAll(Gen.Choose(0, 5).SelectMany(what => Gen.Choose(0, 30).Select(which => (what, which))).ListOf().ToArbitrary(), steps =>
        {
            var calls = new PendingCalls(20);
            var model = new Dictionary<ulong, PendingEntry>();
            var given = new List<ulong>();
            foreach (var (what, which) in steps)
            {
                if (what < 3)
                {
                    var call = new PendingCall { Deadline = which };
                    Assert.Equal(model.Count < 20, calls.TryAdd(call));
                    if (model.Count < 20)
                    {
                        Assert.True(model.TryAdd(call.Id, call), "An id was given twice.");
                        given.Add(call.Id);
                    }
                }
                else if (what == 3)
                {
                    var expired = model.Where(entry => entry.Value.Deadline <= which).Select(entry => entry.Key).ToHashSet();
                    Assert.Equal(expired, (calls.TakeExpired(which) ?? []).Select(call => call.Id).ToHashSet());
                    model = model.Where(entry => !expired.Contains(entry.Key)).ToDictionary();
                }
                else if (given.Count > 0)
                {
                    var id = given[which % given.Count];
                    model.Remove(id, out var expected);
                    Assert.Same(expected, calls.Take(id));
                }

                Assert.Equal(model.Count, calls.Count);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Of_all_who_try_to_take_a_call_one_gets_it() =>
        Prop.ForAll(Gen.Choose(1, 200).ToArbitrary(), Gen.Choose(2, 6).ToArbitrary(), (count, takers) =>
        {
            var calls = new PendingCalls(1000);
            var added = Enumerable.Range(0, count).Select(PendingEntry (i) => new PendingCall { Deadline = i % 2 }).ToList();
            added.ForEach(call => calls.TryAdd(call));
            var ids = added.ConvertAll(call => call.Id);
            var taken = new ConcurrentBag<PendingEntry>();

            Parallel.For(0, takers, new ParallelOptions { MaxDegreeOfParallelism = takers }, taker =>
            {
                if (taker == 0)
                {
                    (calls.TakeExpired(0) ?? []).ForEach(taken.Add);
                    calls.Close().ForEach(taken.Add);
                    return;
                }

                foreach (var id in ids)
                {
                    if (calls.Take(id) is { } call)
                    {
                        taken.Add(call);
                    }
                }
            });

            Assert.Equal(count, taken.Count);
            Assert.Equal(added.ToHashSet(), taken.ToHashSet());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));
}
