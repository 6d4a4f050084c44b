using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace GenApi.Bench.Load;

/// <summary>What an <see cref="HttpLoadConnection"/> posts.</summary>
/// <param name="Path">Path and query.</param>
/// <param name="AccessToken">Bearer token, sent to every server so that the requests are equally long.</param>
/// <param name="BodyJson">The body, ASCII.</param>
/// <param name="Expected">Texts that every right answer contains.</param>
internal sealed record HttpCall(string Path, string AccessToken, string BodyJson, IReadOnlyList<string> Expected);

/// <summary>An HTTP/1.1 client with keep-alive that posts one request over and over and reads just enough of the answer to find its end.</summary>
internal sealed class HttpLoadConnection : LoadConnection
{
    private const string IdMark = "{id}";

    private readonly byte[] _request;
    private readonly int _idOffset;
    private readonly byte[][] _expected;
    private long _id;

    public HttpLoadConnection(LoadPhase phase, LoadShape shape, Uri server, HttpCall call)
        : base(phase, shape)
    {
        // HTTP/1.1 answers in order and clients do not pipeline, so one call at a time is what a connection can do.
        ArgumentOutOfRangeException.ThrowIfNotEqual(shape.InFlight, 1);
        _expected = [.. call.Expected.Select(Encoding.UTF8.GetBytes)];
        var request = string.Create(
            CultureInfo.InvariantCulture,
            $"POST {call.Path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {call.AccessToken}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {call.BodyJson.Length}\r\nX-Request-Id: {IdMark}\r\n\r\n{call.BodyJson}");
        _idOffset = request.IndexOf(IdMark, StringComparison.Ordinal);
        _request = Encoding.ASCII.GetBytes(request.Replace(IdMark, new string('0', IdDigits), StringComparison.Ordinal));
    }

    protected override int RequestLength => _request.Length;

    protected override void WriteRequest(Span<byte> destination, long id)
    {
        _request.CopyTo(destination);
        WriteId(destination[_idOffset..], id);
        _id = id;
    }

    protected override int Read(ReadOnlySpan<byte> received)
    {
        var length = MeasureResponse(received);
        if (length == 0)
        {
            return 0;
        }

        var response = received[..length];
        Answer(_id, IsExpected(response), response);
        return length;
    }

    /// <summary>The length of the response at the start, or 0 if its end has not come yet.</summary>
    private int MeasureResponse(ReadOnlySpan<byte> received)
    {
        var headEnd = received.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
        {
            return 0;
        }

        var bodyStart = headEnd + 4;
        var head = received[..(headEnd + 2)];
        if (TryFindHeader(head, "Content-Length: "u8, out var value))
        {
            if (!Utf8Parser.TryParse(value, out int bodyLength, out _))
            {
                Fail($"a Content-Length that is no number: {Text(head)}");
                return 0;
            }

            return received.Length - bodyStart >= bodyLength ? bodyStart + bodyLength : 0;
        }

        if (TryFindHeader(head, "Transfer-Encoding: chunked"u8, out _))
        {
            return MeasureChunks(received, bodyStart);
        }

        Fail($"an answer without a length: {Text(head)}");
        return 0;
    }

    private int MeasureChunks(ReadOnlySpan<byte> received, int at)
    {
        while (at < received.Length)
        {
            var line = received[at..].IndexOf("\r\n"u8);
            if (line < 0)
            {
                return 0;
            }

            if (!Utf8Parser.TryParse(received.Slice(at, line), out int size, out _, 'x'))
            {
                Fail($"a chunk without a size: {Text(received[at..])}");
                return 0;
            }

            at += line + 2 + size + 2;
            if (size == 0)
            {
                return at <= received.Length ? at : 0;
            }
        }

        return 0;
    }

    private static bool TryFindHeader(ReadOnlySpan<byte> head, ReadOnlySpan<byte> header, out ReadOnlySpan<byte> value)
    {
        while (true)
        {
            var line = head.IndexOf("\r\n"u8);
            if (line < 0)
            {
                value = default;
                return false;
            }

            if (line >= header.Length && Ascii.EqualsIgnoreCase(head[..header.Length], header))
            {
                value = head[header.Length..line];
                return true;
            }

            head = head[(line + 2)..];
        }
    }

    private bool IsExpected(ReadOnlySpan<byte> response)
    {
        if (!response.StartsWith("HTTP/1.1 200 "u8))
        {
            return false;
        }

        foreach (var text in _expected)
        {
            if (response.IndexOf(text) < 0)
            {
                return false;
            }
        }

        return true;
    }
}
