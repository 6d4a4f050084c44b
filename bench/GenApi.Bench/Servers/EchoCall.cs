using GenApi.Bench.Load;

namespace GenApi.Bench.Servers;

/// <summary>The one call of every comparison: echo, with a message of 100 bytes.</summary>
internal static class EchoCall
{
    public const string Service = "sample";
    public const string RequestType = "echo";

    /// <summary>100 characters that JSON leaves as they are.</summary>
    public const string Message = "The quick brown fox jumps over the lazy dog and, 2 times 50 characters on, is where it started again";

    /// <summary>As long as a client token of the gateway, for a server that asks for none.</summary>
    public static readonly string PlaceholderToken = new('x', 256);

    public const string BodyJson = $$"""{"message":"{{Message}}"}""";

    private const string RequestJson =
        $$"""{"service":"{{Service}}","request_type":"{{RequestType}}","request_id":"{id}","version":"1.0.0","args":{{BodyJson}}}""";

    private static readonly string[] Expected = ["\"success\":true", Message];

    /// <summary>The gateway's hub method <c>Call</c>, or one of the same form.</summary>
    public static HubCall OverHub(string path) => new(path, "Call", RequestJson, Expected);

    public static HubCall StringOverHub(string path) => new(path, "Echo", $"\"{Message}\"", [$"\"result\":\"{Message}\""]);

    public static HttpCall OverHttp(string path, string accessToken) => new(path, accessToken, BodyJson, Expected);
}
