using System.Globalization;

namespace GenApi.Testing.Wire;

/// <summary>Decodes ExportLogsServiceRequest.</summary>
internal static class LogDecoder
{
    public static List<OtlpLog> Decode(ReadOnlySpan<byte> request)
    {
        List<OtlpLog> logs = [];
        CommonDecoder.Walk(request, (origin, log) => logs.Add(Log(origin, log)));
        return logs;
    }

    private static OtlpLog Log(OtlpOrigin origin, ReadOnlySpan<byte> log)
    {
        DateTimeOffset time = default;
        var severityNumber = 0;
        string severity = "", body = "";
        string? traceId = null, spanId = null;
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal);

        var reader = new ProtobufReader(log);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: time = reader.Time(); break;
                case 2: severityNumber = (int)reader.Int64(); break;
                case 3: severity = reader.String(); break;
                case 5: body = Convert.ToString(CommonDecoder.Value(reader.Span()), CultureInfo.InvariantCulture) ?? ""; break;
                case 6: CommonDecoder.Attribute(reader.Span(), attributes); break;
                case 9: traceId = reader.Hex(); break;
                case 10: spanId = reader.Hex(); break;
                default: reader.Skip(); break;
            }
        }

        return new(origin, time, severityNumber, severity, body, traceId, spanId, attributes);
    }
}
