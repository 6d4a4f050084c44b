using FsCheck;
using FsCheck.Fluent;
using GenApi.Protocol.Link;

namespace GenApi.Tests.Protocol;

public sealed class CallHeaderTests
{
    [Fact]
    public void Every_field_travels() =>
        Prop.ForAll(Headers.ToArbitrary(), header =>
        {
            var (read, rest) = Read(Write(header, "{}"u8));

            Assert.Equal(header with { Roles = null }, read with { Roles = null });
            Assert.Equal(header.Roles ?? [], read.Roles ?? []);
            Assert.Equal("{}"u8.ToArray(), rest);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Absent_fields_stay_absent()
    {
        var (read, _) = Read(Write(new CallHeader { Function = "f" }, []));

        Assert.Equal(new CallHeader { Function = "f" }, read);
    }

    [Fact]
    public void A_header_cut_anywhere_breaks_the_protocol()
    {
        var body = Write(new CallHeader { Function = "echo", TimeoutMs = 5000, RequestId = "r1", Roles = ["a", "b"] }, []);
        for (var cut = 0; cut < body.Length; cut++)
        {
            var part = body[..cut];

            Assert.Throws<LinkProtocolException>(() => Read(part));
        }
    }

    [Fact]
    public void A_header_without_a_function_breaks_the_protocol() =>
        Assert.Throws<LinkProtocolException>(() => Read([0, 0]));

    [Fact]
    public void An_unknown_field_is_skipped()
    {
        // Field 200 with two bytes, then field 1 (the function) with one.
        var (header, rest) = Read([9, 0, 200, 2, 0, 7, 7, 1, 1, 0, (byte)'f', (byte)'!']);

        Assert.Equal("f", header.Function);
        Assert.Equal("!"u8.ToArray(), rest);
    }

    [Theory]
    [InlineData(new byte[] { 4, 0, 1, 9, 0, 65 })]
    [InlineData(new byte[] { 2, 0, 1, 1 })]
    [InlineData(new byte[] { 5, 0, 2, 2, 0, 1, 1 })]
    [InlineData(new byte[] { 8, 0, 2, 5, 0, 1, 1, 1, 1, 1 })]
    public void A_field_of_the_wrong_size_breaks_the_protocol(byte[] body) =>
        Assert.Throws<LinkProtocolException>(() => Read(body));

    [Fact]
    public void A_text_too_long_for_a_field_is_refused_when_it_is_written() =>
        Assert.Throws<LinkProtocolException>(() => Write(new CallHeader { Function = "f", RequestId = new string('x', CallHeader.MaxFieldBytes + 1) }, []));

    [Fact]
    public void More_roles_than_a_header_holds_are_refused_when_it_is_written()
    {
        var roles = Enumerable.Repeat(new string('x', CallHeader.MaxFieldBytes), 9).ToList();

        Assert.Throws<LinkProtocolException>(() => Write(new CallHeader { Function = "f", Roles = roles }, []));
    }

    [Fact]
    public void Random_bytes_never_do_more_than_break_the_protocol() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            try
            {
                _ = Read(bytes);
            }
            catch (LinkProtocolException)
            {
                // The one way to refuse.
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static Gen<CallHeader> Headers
    {
        get
        {
            var text = Gen.Elements("", "a", "echo", "alice", "日本語", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", new string('x', 8 * 1024));
            var maybe = Gen.OneOf(Gen.Constant<string?>(null), text.Select(value => (string?)value));
            var number = Gen.Elements(0u, 1u, 5000u, uint.MaxValue);
            var roles = Gen.OneOf(
                Gen.Constant<IReadOnlyList<string>?>(null),
                Gen.Elements("admin", "", "日本").NonEmptyListOf().Select(list => (IReadOnlyList<string>?)[.. list]));
            return maybe.ArrayOf(8).SelectMany(texts => number.Two().SelectMany(numbers => roles.Select(given => new CallHeader
            {
                Function = "function",
                TimeoutMs = numbers.Item1,
                Traceparent = texts[0],
                Tracestate = texts[1],
                RequestId = texts[2],
                Service = texts[3],
                RequestType = texts[4],
                Version = null,
                UserId = texts[5],
                DeviceId = texts[6],
                Roles = given,
                Window = numbers.Item2,
            }).Where(header => header.Traceparent?.Length + header.Tracestate?.Length + header.Service?.Length is null or < 60_000)));
        }
    }

    private static byte[] Write(CallHeader header, ReadOnlySpan<byte> args)
    {
        using var writer = new FrameWriter(16);
        var start = writer.BeginFrame(FrameType.Call, 0, 1);
        header.WriteTo(writer);
        args.CopyTo(writer.GetSpan(Math.Max(args.Length, 1)));
        writer.Advance(args.Length);
        writer.EndFrame(start);
        return writer.Written[FrameLayout.HeaderSize..].ToArray();
    }

    private static (CallHeader Header, byte[] Args) Read(byte[] bytes)
    {
        ReadOnlySpan<byte> body = bytes;
        var header = CallHeader.Read(ref body);
        return (header, body.ToArray());
    }
}
