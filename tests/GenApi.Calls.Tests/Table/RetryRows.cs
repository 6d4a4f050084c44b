using System.Globalization;

namespace GenApi.Calls.Tests.Table;

/// <summary>What happens after a failed attempt.</summary>
internal static class RetryRows
{
    private const string Flaky = """ "function":"flaky","arg_types":{"key":"string","fail_times":"num"} """;
    private const string Key = """ "arg_types":{"key":"string"} """;

    public static IEnumerable<Row> All =>
    [
        new("retry: null", $$""" "retry":null,{{Flaky}} """, run => FlakyAsync(run, 1, attempts: 1, succeeds: false)),
        new("retry: a number, enough", $$""" "retry":2,{{Flaky}} """, async run =>
        {
            var visits = await FlakyAsync(run, 2, attempts: 3, succeeds: true);
            Assert.All(visits.Zip(visits.Skip(1)), pair => Assert.NotEqual(pair.First, pair.Second));
        }),
        new("retry: a number, not needed", $$""" "retry":2,{{Flaky}} """, run => FlakyAsync(run, 0, attempts: 1, succeeds: true)),
        new("retry: a number, exhausted", $$""" "retry":2,{{Flaky}} """, run => FlakyAsync(run, 9, attempts: 3, succeeds: false)),
        new("retry: same_node, enough", $$""" "retry":{"same_node":3},{{Flaky}} """, async run =>
            Assert.Single((await FlakyAsync(run, 3, attempts: 4, succeeds: true)).Distinct())),
        new("retry: same_node, exhausted", $$""" "retry":{"same_node":1},{{Flaky}} """, async run =>
            Assert.Single((await FlakyAsync(run, 9, attempts: 2, succeeds: false)).Distinct())),
        new("retry: all_nodes, enough", $$""" "retry":{"all_nodes":1},{{Flaky}} """, async run =>
            Assert.Equal(["a", "b"], (await FlakyAsync(run, 1, attempts: 2, succeeds: true)).Order())),
        new("retry: all_nodes, exhausted", $$""" "retry":{"all_nodes":3},{{Flaky}} """, async run =>
            Assert.Equal(["a", "b"], (await FlakyAsync(run, 9, attempts: 4, succeeds: false)).Distinct().Order())),
        new("retry: all_nodes, with one node only", $$""" "retry":{"all_nodes":2},"nodes":["$a"],{{Flaky}} """, async run =>
            Assert.Equal(["a", "a", "a"], await FlakyAsync(run, 2, attempts: 3, succeeds: true))),
        new("retry: its most", $$""" "retry":10,"nodes":"local",{{Flaky}} """, run => FlakyAsync(run, 4, attempts: 5, succeeds: true)),
        new("retry: async", $$""" "retry":2,"response_type":"async",{{Flaky}} """, run => FlakyAsync(run, 2, attempts: 3, succeeds: true)),
        new("retry: async, exhausted", $$""" "retry":1,"response_type":"async",{{Flaky}} """, run => FlakyAsync(run, 9, attempts: 2, succeeds: false)),
        new("retry: stream, before its first chunk", $$""" "retry":2,"response_type":"stream",{{Flaky}} """, run => FlakyAsync(run, 2, attempts: 3, succeeds: true)),
        new("retry: stream, exhausted", $$""" "retry":1,"response_type":"stream",{{Flaky}} """, run => FlakyAsync(run, 9, attempts: 2, succeeds: false)),
        new("retry: not when the function fails", $$""" "retry":3,"function":"fail_once",{{Key}} """, async run =>
        {
            var (exchange, visits) = await run.VisitAsync();
            exchange.Final.AssertFailed("function_error");
            Assert.Single(visits);
        }),
        new("retry: not when the arguments are wrong", """ "retry":3,"function":"add","arg_types":{"a":"num","b":"any"} """, run =>
            run.Invalid("""{"a":1,"b":"x"}""", "b: does not fit the type Int32")),
        new("retry: after a timeout, within the call's own", $$""" "retry":1,"timeout":1000,"function":"hang_once",{{Key}} """, async run =>
        {
            var (exchange, visits) = await run.VisitAsync();
            Assert.True(exchange.Final.Success, exchange.Final.Body.GetRawText());
            Assert.Equal(["a", "b"], visits.Distinct().Order());
        }),
        new("retry: on the same node after a timeout", $$""" "retry":{"same_node":1},"timeout":1000,"function":"hang_once",{{Key}} """, async run =>
        {
            var (exchange, visits) = await run.VisitAsync();
            Assert.True(exchange.Final.Success, exchange.Final.Body.GetRawText());
            Assert.Single(visits.Distinct());
        }),
        new("retry: with no node at all", """ "retry":1,"nodes":["http://127.0.0.1:1"],"function":"node" """, run => run.Fails("{}", "unavailable")),
    ];

    private static async Task<IReadOnlyList<string>> FlakyAsync(RowRun run, int failTimes, int attempts, bool succeeds)
    {
        var (exchange, visits) = await run.VisitAsync(string.Create(CultureInfo.InvariantCulture, $",\"fail_times\":{failTimes}"));
        var final = Assert.Single(exchange.Parts);
        if (succeeds)
        {
            Assert.True(final.Success, final.Body.GetRawText());
            Assert.Equal(visits, final.Result.EnumerateArray().Select(visit => visit.GetString()));
        }
        else
        {
            final.AssertFailed("unavailable");
        }

        Assert.Equal(attempts, visits.Count);
        return visits;
    }
}
