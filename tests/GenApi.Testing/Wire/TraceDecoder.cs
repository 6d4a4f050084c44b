using System.Diagnostics;

namespace GenApi.Testing.Wire;

/// <summary>Decodes ExportTraceServiceRequest.</summary>
internal static class TraceDecoder
{
    public static List<OtlpSpan> Decode(ReadOnlySpan<byte> request)
    {
        List<OtlpSpan> spans = [];
        CommonDecoder.Walk(request, (origin, span) => spans.Add(Span(origin, span)));
        return spans;
    }

    private static OtlpSpan Span(OtlpOrigin origin, ReadOnlySpan<byte> span)
    {
        string traceId = "", spanId = "", name = "", statusMessage = "";
        string? parentSpanId = null;
        var kind = ActivityKind.Internal;
        DateTimeOffset start = default, end = default;
        var status = ActivityStatusCode.Unset;
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal);
        List<OtlpLink> links = [];
        List<OtlpEvent> events = [];

        var reader = new ProtobufReader(span);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: traceId = reader.Hex() ?? ""; break;
                case 2: spanId = reader.Hex() ?? ""; break;
                case 4: parentSpanId = reader.Hex(); break;
                case 5: name = reader.String(); break;
                case 6: kind = Kind(reader.Int64()); break;
                case 7: start = reader.Time(); break;
                case 8: end = reader.Time(); break;
                case 9: CommonDecoder.Attribute(reader.Span(), attributes); break;
                case 11: events.Add(Event(reader.Span())); break;
                case 13: links.Add(Link(reader.Span())); break;
                case 15: (status, statusMessage) = Status(reader.Span()); break;
                default: reader.Skip(); break;
            }
        }

        return new(origin, traceId, spanId, parentSpanId, name, kind, start, end, status, statusMessage, attributes, links, events);
    }

    // OTLP counts from 1, because 0 is "unspecified".
    private static ActivityKind Kind(long kind) => kind switch
    {
        2 => ActivityKind.Server,
        3 => ActivityKind.Client,
        4 => ActivityKind.Producer,
        5 => ActivityKind.Consumer,
        _ => ActivityKind.Internal,
    };

    private static (ActivityStatusCode Code, string Message) Status(ReadOnlySpan<byte> status)
    {
        var code = ActivityStatusCode.Unset;
        var message = "";
        var reader = new ProtobufReader(status);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2: message = reader.String(); break;
                case 3: code = (ActivityStatusCode)reader.Int64(); break;
                default: reader.Skip(); break;
            }
        }

        return (code, message);
    }

    private static OtlpLink Link(ReadOnlySpan<byte> link)
    {
        string traceId = "", spanId = "";
        var reader = new ProtobufReader(link);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: traceId = reader.Hex() ?? ""; break;
                case 2: spanId = reader.Hex() ?? ""; break;
                default: reader.Skip(); break;
            }
        }

        return new(traceId, spanId);
    }

    private static OtlpEvent Event(ReadOnlySpan<byte> @event)
    {
        var name = "";
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal);
        var reader = new ProtobufReader(@event);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2: name = reader.String(); break;
                case 3: CommonDecoder.Attribute(reader.Span(), attributes); break;
                default: reader.Skip(); break;
            }
        }

        return new(name, attributes);
    }
}
