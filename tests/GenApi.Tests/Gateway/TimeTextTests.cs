using GenApi.Gateway.Calls;
using GenApi.Protocol.Configs;

namespace GenApi.Tests.Gateway;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(100, "100 ms")]
    [InlineData(999, "999 ms")]
    [InlineData(1000, "1 s")]
    [InlineData(1500, "1.5 s")]
    [InlineData(59_999, "59.999 s")]
    [InlineData(60_000, "1 min")]
    [InlineData(90_000, "1 min 30 s")]
    [InlineData(60_100, "1 min 0.1 s")]
    [InlineData(3_600_000, "1 h")]
    [InlineData(5_400_000, "1 h 30 min")]
    [InlineData(2_678_400_000, "31 d")]
    public void It_says_exactly_how_long(long milliseconds, string text) => Assert.Equal(text, TimeText.Of(milliseconds));

    [Fact]
    public void A_timeout_may_be_none()
    {
        Assert.Equal("within 5 s", TimeText.Of(CallTimeout.Default));
        Assert.Equal("for as long as it takes", TimeText.Of(CallTimeout.Infinity));
    }
}
