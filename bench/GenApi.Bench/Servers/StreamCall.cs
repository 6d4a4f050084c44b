using System.Globalization;
using GenApi.Bench.Load;

namespace GenApi.Bench.Servers;

/// <summary>The one call of the comparison of streams: ticks, each a result of about 100 bytes.</summary>
internal static class StreamCall
{
    /// <summary>Few enough that a stream ends soon after the measurement, and so many that its start and end cost next to nothing.</summary>
    private const int Chunks = 10_000;

    private const int PaddingLength = 80;

    private static readonly string RequestJson = string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"service":"sample","request_type":"ticks","request_id":"{id}","version":"1.0.0","args":{"count":{{{Chunks}}},"size":{{{PaddingLength}}}}}""");

    private static readonly string[] Expected = ["\"success\":true", $"\"padding\":\"{new string('x', PaddingLength)}\""];

    /// <summary>The gateway's hub method <c>Stream</c>, or one of the same form.</summary>
    public static HubCall OverHub(string path) => new(path, "Stream", RequestJson, Expected) { Chunks = Chunks };
}
