using GenApi.Protocol.Cluster;

namespace GenApi.Tests.Protocol;

public sealed class ClusterTokenTests
{
    private const string Secret = "0123456789abcdef";

    [Theory]
    [InlineData("Bearer 0123456789abcdef", true)]
    [InlineData("bearer 0123456789abcdef", true)]
    [InlineData("Bearer  0123456789abcdef ", true)]
    [InlineData("Bearer 0123456789abcdeF", false)]
    [InlineData("Bearer 0123456789abcde", false)]
    [InlineData("Bearer 0123456789abcdef0", false)]
    [InlineData("Basic 0123456789abcdef", false)]
    [InlineData("0123456789abcdef", false)]
    [InlineData("Bearer", false)]
    [InlineData("Bearer ", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Only_the_secret_as_a_bearer_token_matches(string? authorization, bool matches) =>
        Assert.Equal(matches, ClusterToken.MatchesBearer(authorization, Secret));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_secret_nothing_matches(string? secret)
    {
        Assert.False(ClusterToken.MatchesBearer("Bearer ", secret));
        Assert.False(ClusterToken.Matches("", secret));
        Assert.False(ClusterToken.Matches(null, secret));
        Assert.False(ClusterToken.Matches(Secret, secret));
    }

    [Fact]
    public void A_secret_beyond_ascii_matches_itself_alone()
    {
        Assert.True(ClusterToken.Matches("schlüssel-des-klusters", "schlüssel-des-klusters"));
        Assert.False(ClusterToken.Matches("schlussel-des-klusters", "schlüssel-des-klusters"));
    }
}
