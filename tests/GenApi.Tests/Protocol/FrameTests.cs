using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using GenApi.Protocol.Link;

namespace GenApi.Tests.Protocol;

public sealed class FrameTests
{
    private const int MaxFrameBytes = 64 * 1024;

    [Fact]
    public void Whatever_is_written_is_read_again_however_it_is_split() =>
        Prop.ForAll(SampleFrame.Lists.ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), (frames, piece) =>
        {
            using var writer = new FrameWriter(16);
            foreach (var frame in frames)
            {
                writer.WriteFrame(frame.Type, frame.Flags, frame.CallId, frame.Body);
            }

            Assert.Equal(frames, ReadInPieces(writer.Written.ToArray(), piece));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void A_frame_split_at_any_byte_is_read_once_it_is_whole()
    {
        using var writer = new FrameWriter();
        writer.WriteFrame(FrameType.Result, 3, 77, "[1,2,3]"u8);
        var bytes = writer.Written.ToArray();
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            ReadOnlySpan<byte> part = bytes.AsSpan(0, cut);

            Assert.False(FrameReader.TryRead(ref part, MaxFrameBytes, out _, out var missing));
            Assert.Equal(cut, part.Length);
            Assert.InRange(missing, 1, bytes.Length - cut);
        }
    }

    [Fact]
    public void The_layout_is_length_type_flags_id_body_in_little_endian()
    {
        using var writer = new FrameWriter();
        writer.WriteFrame(FrameType.Error, 0x5A, 0x0102030405060708, [0xAA, 0xBB]);

        Assert.Equal(
            [12, 0, 0, 0, 4, 0x5A, 8, 7, 6, 5, 4, 3, 2, 1, 0xAA, 0xBB],
            writer.Written.ToArray());
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(9u)]
    [InlineData((uint)MaxFrameBytes + 1)]
    [InlineData(int.MaxValue)]
    [InlineData(uint.MaxValue)]
    public void A_length_out_of_range_breaks_the_protocol_before_the_frame_is_there(uint length)
    {
        var bytes = new byte[FrameLayout.LengthSize];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, length);

        Assert.Throws<LinkProtocolException>(() => TryRead(bytes));
    }

    [Theory]
    [InlineData(10u)]
    [InlineData((uint)MaxFrameBytes)]
    public void A_length_at_the_limits_is_waited_for(uint length)
    {
        var bytes = new byte[FrameLayout.LengthSize];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, length);

        Assert.False(TryRead(bytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(255)]
    public void An_unknown_type_breaks_the_protocol(byte type)
    {
        using var writer = new FrameWriter();
        writer.WriteFrame((FrameType)type, 0, 1, []);
        var bytes = writer.Written.ToArray();

        Assert.Throws<LinkProtocolException>(() => TryRead(bytes));
    }

    [Fact]
    public void Random_bytes_never_do_more_than_break_the_protocol() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            try
            {
                _ = TryRead(bytes);
            }
            catch (LinkProtocolException)
            {
                // The one way to refuse.
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_truncated_frame_leaves_those_before_it()
    {
        using var writer = new FrameWriter();
        writer.WriteFrame(FrameType.End, 0, 1, []);
        var start = writer.Length;
        writer.WriteFrame(FrameType.Result, 0, 2, "{}"u8);
        writer.Truncate(start);
        writer.WriteFrame(FrameType.GoAway, 0, 0, []);

        Assert.Equal(
            [new SampleFrame(FrameType.End, 0, 1, []), new SampleFrame(FrameType.GoAway, 0, 0, [])],
            ReadInPieces(writer.Written.ToArray(), 3));
    }

    [Fact]
    public void A_writer_that_is_reset_starts_anew_also_after_a_large_frame()
    {
        using var writer = new FrameWriter(16);
        writer.WriteFrame(FrameType.Result, 0, 1, new byte[1024 * 1024]);
        writer.Reset();
        writer.WriteFrame(FrameType.Result, 0, 2, "1"u8);

        Assert.Equal([new SampleFrame(FrameType.Result, 0, 2, "1"u8.ToArray())], ReadInPieces(writer.Written.ToArray(), 100));
    }

    private static bool TryRead(byte[] bytes)
    {
        ReadOnlySpan<byte> rest = bytes;
        return FrameReader.TryRead(ref rest, MaxFrameBytes, out _, out _);
    }

    private static List<SampleFrame> ReadInPieces(byte[] bytes, int piece)
    {
        var read = new List<SampleFrame>();
        var start = 0;
        for (var end = Math.Min(piece, bytes.Length); ; end = Math.Min(end + piece, bytes.Length))
        {
            ReadOnlySpan<byte> rest = bytes.AsSpan(start, end - start);
            while (FrameReader.TryRead(ref rest, MaxFrameBytes, out var frame, out _))
            {
                read.Add(new SampleFrame(frame.Type, frame.Flags, frame.CallId, frame.Body.ToArray()));
            }

            start = end - rest.Length;
            if (end == bytes.Length)
            {
                Assert.Equal(bytes.Length, start);
                return read;
            }
        }
    }
}

/// <summary>A frame that outlives its buffer.</summary>
internal sealed record SampleFrame(FrameType Type, byte Flags, ulong CallId, byte[] Body)
{
    public static Gen<List<SampleFrame>> Lists { get; } =
        Gen.Elements(Enum.GetValues<FrameType>())
            .SelectMany(type => Gen.Choose(0, 255).SelectMany(flags =>
                ArbMap.Default.GeneratorFor<ulong>().SelectMany(id =>
                    ArbMap.Default.GeneratorFor<byte[]>().Select(body => new SampleFrame(type, (byte)flags, id, body)))))
            .NonEmptyListOf()
            .Select(frames => frames.ToList());

    public bool Equals(SampleFrame? other) =>
        other is not null && Type == other.Type && Flags == other.Flags && CallId == other.CallId && Body.AsSpan().SequenceEqual(other.Body);

    public override int GetHashCode() => HashCode.Combine(Type, Flags, CallId, Body.Length);
}
