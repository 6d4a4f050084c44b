using FsCheck;
using FsCheck.Fluent;
using GenApi.Gateway.Configs;

namespace GenApi.Tests.Gateway;

public sealed class VersionOrderTests
{
    [Theory]
    [InlineData("1.0.0", "1.0.1")]
    [InlineData("1.2.0", "1.10.0")]
    [InlineData("1.9", "1.10")]
    [InlineData("0.9.9", "1")]
    [InlineData("2.0.0-rc.1", "2.0.0")]
    [InlineData("2.0.0-rc.1", "2.0.0-rc.2")]
    [InlineData("2.0.0-rc.2", "2.0.0-rc.10")]
    [InlineData("2.0.0-alpha", "2.0.0-beta")]
    [InlineData("1.9.9", "2.0.0-rc.1")]
    [InlineData("v1.0.0", "v1.1.0")]
    [InlineData("v1.0.0", "1.1.0")]
    [InlineData("1.0.0", "v1.1.0")]
    [InlineData("99999999999999999998", "99999999999999999999")]
    public void Lower_versions_come_first(string lower, string higher)
    {
        Assert.True(VersionOrder.Instance.Compare(lower, higher) < 0);
        Assert.True(VersionOrder.Instance.Compare(higher, lower) > 0);
    }

    [Fact]
    public void The_absent_version_is_the_highest()
    {
        Assert.True(VersionOrder.Instance.Compare(null, "999.0.0") > 0);
        Assert.True(VersionOrder.Instance.Compare("999.0.0", null) < 0);
        Assert.Equal(0, VersionOrder.Instance.Compare(null, null));
    }

    [Theory]
    [InlineData("2", "2.0")]
    [InlineData("2-rc", "2.0-rc")]
    public void Versions_that_read_alike_are_told_apart(string one, string other) => Assert.NotEqual(0, VersionOrder.Instance.Compare(one, other));

    [Fact]
    public void It_is_a_total_order()
    {
        var part = Gen.Elements("0", "1", "2", "10", "1a", "a", "rc", "");
        var dotted = Gen.Choose(1, 3).SelectMany(count => part.ArrayOf(count)).Select(parts => string.Join('.', parts));
        var version = Gen.Frequency(
            (4, dotted),
            (2, dotted.Two().Select(pair => $"{pair.Item1}-{pair.Item2}")),
            (1, dotted.Select(text => $"v{text}")));
        var order = VersionOrder.Instance;

        Prop.ForAll(version.Three().ToArbitrary(), triple =>
        {
            var (a, b, c) = triple;
            var antisymmetric = Math.Sign(order.Compare(a, b)) == -Math.Sign(order.Compare(b, a));
            var reflexive = order.Compare(a, a) == 0 && (a == b || order.Compare(a, b) != 0);
            var transitive = !(order.Compare(a, b) <= 0 && order.Compare(b, c) <= 0) || order.Compare(a, c) <= 0;
            return antisymmetric && reflexive && transitive;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }
}
