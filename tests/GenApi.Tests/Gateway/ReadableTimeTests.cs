using GenApi.Gateway.RateLimits;

namespace GenApi.Tests.Gateway;

public sealed class ReadableTimeTests
{
    [Theory]
    [InlineData(1, "1ms")]
    [InlineData(1500, "1500ms")]
    [InlineData(60_000, "1m")]
    [InlineData(90_000, "90s")]
    [InlineData(86_400_000, "1d")]
    public void What_somebody_set_is_exact(long milliseconds, string text) => Assert.Equal(text, ReadableTime.Exact(milliseconds));

    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(999, "999 ms")]
    [InlineData(1000, "1 s")]
    [InlineData(59_417, "59.5 s")]
    [InlineData(60_000, "1 min")]
    [InlineData(199_001, "3 min 20 s")]
    [InlineData(3_600_000, "1 h")]
    [InlineData(7_140_001, "2 h")]
    [InlineData(9_000_000, "2 h 30 min")]
    [InlineData(86_400_000, "1 d")]
    [InlineData(90_000_001, "1 d 2 h")]
    public void A_wait_is_short_and_never_too_short(long milliseconds, string text) => Assert.Equal(text, ReadableTime.Rounded(milliseconds));
}
