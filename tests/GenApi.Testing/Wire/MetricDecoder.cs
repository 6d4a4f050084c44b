namespace GenApi.Testing.Wire;

/// <summary>Decodes ExportMetricsServiceRequest.</summary>
internal static class MetricDecoder
{
    public static List<OtlpMetric> Decode(ReadOnlySpan<byte> request)
    {
        List<OtlpMetric> metrics = [];
        CommonDecoder.Walk(request, (origin, metric) => metrics.Add(Metric(origin, metric)));
        return metrics;
    }

    private static OtlpMetric Metric(OtlpOrigin origin, ReadOnlySpan<byte> metric)
    {
        string name = "", unit = "";
        var kind = OtlpMetricKind.Gauge;
        List<OtlpPoint> points = [];

        var reader = new ProtobufReader(metric);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.String(); break;
                case 3: unit = reader.String(); break;
                case 5: kind = OtlpMetricKind.Gauge; Points(reader.Span(), points, NumberPoint); break;
                case 7: kind = OtlpMetricKind.Sum; Points(reader.Span(), points, NumberPoint); break;
                case 9: kind = OtlpMetricKind.Histogram; Points(reader.Span(), points, static point => CountedPoint(point, attributesField: 9, exemplarsField: 8)); break;
                case 10: kind = OtlpMetricKind.Histogram; Points(reader.Span(), points, static point => CountedPoint(point, attributesField: 1, exemplarsField: 11)); break;
                case 11: kind = OtlpMetricKind.Summary; Points(reader.Span(), points, static point => CountedPoint(point, attributesField: 7, exemplarsField: 0)); break;
                default: reader.Skip(); break;
            }
        }

        return new(origin, name, unit, kind, points);
    }

    private delegate OtlpPoint PointDecoder(ReadOnlySpan<byte> point);

    /// <summary>Every kind of metric keeps its points in field 1.</summary>
    private static void Points(ReadOnlySpan<byte> data, List<OtlpPoint> into, PointDecoder decode)
    {
        var reader = new ProtobufReader(data);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                into.Add(decode(reader.Span()));
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static OtlpPoint NumberPoint(ReadOnlySpan<byte> point)
    {
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal);
        double value = 0;
        var reader = new ProtobufReader(point);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 4: value = reader.Double(); break;
                case 6: value = reader.SFixed64(); break;
                case 7: CommonDecoder.Attribute(reader.Span(), attributes); break;
                default: reader.Skip(); break;
            }
        }

        return new(attributes, value, Count: 0);
    }

    private static OtlpPoint CountedPoint(ReadOnlySpan<byte> point, int attributesField, int exemplarsField)
    {
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal);
        List<string> exemplars = [];
        double sum = 0;
        long count = 0;
        var reader = new ProtobufReader(point);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 4: count = reader.SFixed64(); break;
                case 5: sum = reader.Double(); break;
                case var field when field == attributesField: CommonDecoder.Attribute(reader.Span(), attributes); break;
                case var field when field == exemplarsField: exemplars.Add(Exemplar(reader.Span())); break;
                default: reader.Skip(); break;
            }
        }

        return new(attributes, sum, count) { Exemplars = exemplars };
    }

    private static string Exemplar(ReadOnlySpan<byte> exemplar)
    {
        string? traceId = null, spanId = null;
        var reader = new ProtobufReader(exemplar);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 4: spanId = reader.Hex(); break;
                case 5: traceId = reader.Hex(); break;
                default: reader.Skip(); break;
            }
        }

        return $"{traceId}/{spanId}";
    }
}
