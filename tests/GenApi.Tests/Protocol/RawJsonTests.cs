using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;

namespace GenApi.Tests.Protocol;

public sealed class RawJsonTests
{
    [Fact]
    public void Any_json_comes_out_as_it_was_but_for_white_space() =>
        Prop.ForAll(RandomJson.Values, sample =>
            Assert.Equal(sample.Minimal, JsonSerializer.Deserialize(sample.Text, ProtocolJson.Default.RawJson).ToString()))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Also_when_the_bytes_lie_in_many_segments() =>
        Prop.ForAll(RandomJson.Values, Gen.Choose(1, 9).ToArbitrary(), (sample, size) =>
        {
            var reader = new Utf8JsonReader(Segments.Split(sample.Utf8, size));

            Assert.Equal(sample.Minimal, JsonSerializer.Deserialize(ref reader, ProtocolJson.Default.RawJson).ToString());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_value_within_another_leaves_the_reader_behind_it() =>
        Prop.ForAll(RandomJson.Values, sample =>
        {
            var text = Encoding.UTF8.GetBytes($"[{sample.Text} , 7]");
            var reader = new Utf8JsonReader(new ReadOnlySequence<byte>(text));
            reader.Read();
            reader.Read();

            Assert.Equal(sample.Minimal, JsonSerializer.Deserialize(ref reader, ProtocolJson.Default.RawJson).ToString());
            Assert.True(reader.Read());
            Assert.Equal(7, reader.GetInt32());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void What_is_read_is_written_unchanged() =>
        Prop.ForAll(RandomJson.Values, sample =>
            Assert.Equal(sample.Minimal, JsonSerializer.Serialize(RawJson.FromString(sample.Minimal), ProtocolJson.Default.RawJson)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Theory]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("\"unclosed")]
    [InlineData("tru")]
    [InlineData("01")]
    [InlineData("{} {}")]
    [InlineData("")]
    public void Malformed_json_is_refused(string text) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(text, ProtocolJson.Default.RawJson));

    [Fact]
    public void A_long_string_over_many_segments_is_kept()
    {
        var text = $"\"{new string('x', 100_000)}\"";
        var reader = new Utf8JsonReader(Segments.Split(Encoding.UTF8.GetBytes(text), 4096));

        Assert.Equal(text, JsonSerializer.Deserialize(ref reader, ProtocolJson.Default.RawJson).ToString());
    }

    [Fact]
    public void Null_is_a_value_and_empty_is_none()
    {
        Assert.Equal(RawJson.Null, JsonSerializer.Deserialize("null", ProtocolJson.Default.RawJson));
        Assert.False(RawJson.Null.IsEmpty);
        Assert.True(default(RawJson).IsEmpty);
        Assert.NotEqual(RawJson.Null, default);
        Assert.Equal("null", JsonSerializer.Serialize(default(RawJson), ProtocolJson.Default.RawJson));
    }

    [Fact]
    public void Equal_bytes_are_equal_values()
    {
        Assert.Equal(RawJson.FromString("[1]"), RawJson.FromString("[1]"));
        Assert.Equal(RawJson.FromString("[1]").GetHashCode(), RawJson.FromString("[1]").GetHashCode());
        Assert.NotEqual(RawJson.FromString("[1]"), RawJson.FromString("[2]"));
    }

    [Fact]
    public void A_response_shows_a_null_result_and_hides_an_absent_one()
    {
        var success = JsonSerializer.SerializeToElement(CallResponse.Ok("r1", RawJson.Null), ProtocolJson.Default.CallResponse);
        var failure = JsonSerializer.SerializeToElement(
            CallResponse.Failed("r1", new CallError(ErrorCode.Unavailable, "No node.")),
            ProtocolJson.Default.CallResponse);

        Assert.Equal(JsonValueKind.Null, success.GetProperty("result").ValueKind);
        Assert.False(success.TryGetProperty("error", out _));
        Assert.False(success.TryGetProperty("details", out _));
        Assert.False(failure.TryGetProperty("result", out _));
        Assert.Equal("unavailable", failure.GetProperty("code").GetString());
        Assert.True(failure.GetProperty("can_retry").GetBoolean());
    }
}
