using GenApi.Gateway.Diagnostics.Tracing;
using GenApi.Protocol.Json;

namespace GenApi.Tests.Gateway.Diagnostics;

/// <summary>What traces show of arguments and results.</summary>
public sealed class ValueViewTests
{
    [Theory]
    [InlineData("password")]
    [InlineData("newPassword")]
    [InlineData("PASS_WORD")]
    [InlineData("access_token")]
    [InlineData("refreshToken")]
    [InlineData("client-secret")]
    [InlineData("API-Key")]
    [InlineData("api_key")]
    [InlineData("x.api.key")]
    [InlineData("Authorization")]
    [InlineData("session_id")]
    [InlineData("card_number")]
    public void A_name_with_a_secret_word_in_it_is_secret(string name) =>
        Assert.Equal($$"""{"{{name}}":"[redacted]"}""", Show($$$"""{"{{{name}}}":{"a":[1,"hunter2"]}}"""));

    [Theory]
    [InlineData("""{"a":1,"b":[true,null,-1.50e3],"c":{"d":"ä \" \\"},"e":{}}""")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("12.340")]
    [InlineData("null")]
    public void Everything_else_is_shown_as_it_is(string json) => Assert.Equal(json, Show(json));

    [Fact]
    public void Secrets_are_found_in_lists_and_behind_other_secrets() =>
        Assert.Equal(
            """[{"token":"[redacted]","user":"a"},{"user":"b","pwd":"[redacted]"}]""",
            Show("""[{"token":[[{"x":1}]],"user":"a"},{"user":"b","pwd":null}]"""));

    [Fact]
    public void Words_of_the_configuration_add_to_the_others()
    {
        var options = new TracingOptions { SecretNames = { "Mother-Tongue" } };

        Assert.Equal("""{"mother_tongue":"[redacted]","password":"[redacted]"}""", new ValueView(options).Show(RawJson.FromString("""{"mother_tongue":"x","password":"y"}""")).ToString());
    }

    [Theory]
    [InlineData("\"0123456789abcdef\"")]
    [InlineData("""{"text":"\ud800"}""")]
    public void What_is_too_large_or_no_text_is_not_shown(string json) =>
        Assert.Null(new ValueView(new TracingOptions { MaxValueBytes = 17 }).Show(RawJson.FromString(json)));

    [Fact]
    public void Sizes_are_told_of_each_member()
    {
        var sizes = new ValueView(new TracingOptions()).Sizes(RawJson.FromString("""{"a":1,"b":"xyz","c":{"d":[1, 2]}}"""), out var whole);

        Assert.True(whole);
        Assert.Equal(new Dictionary<string, int> { ["a"] = 1, ["b"] = 5, ["c"] = 12 }, sizes);
    }

    [Fact]
    public void Sizes_of_a_great_many_members_end_somewhere()
    {
        var json = $"{{{string.Join(',', Enumerable.Range(0, 10_000).Select(index => $"\"m{index}\":1"))}}}";
        var sizes = new ValueView(new TracingOptions()).Sizes(RawJson.FromString(json), out var whole);

        Assert.False(whole);
        Assert.Equal(100, sizes!.Count);
        Assert.Null(new ValueView(new TracingOptions()).Sizes(RawJson.FromString("[1]"), out _));
    }

    private static string Show(string json) => new ValueView(new TracingOptions()).Show(RawJson.FromString(json)).ToString()!;
}
