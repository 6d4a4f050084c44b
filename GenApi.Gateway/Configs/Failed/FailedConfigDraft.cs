using System.Text;
using System.Text.Json;
using GenApi.Protocol.Cluster;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Configs.Failed;

/// <summary>Makes the record of a refused config, and keeps it small whatever the config is.</summary>
internal static class FailedConfigDraft
{
    private const int MaxNameLength = 256;
    private const int MaxReasonLength = 500;

    public static FailedConfig Make(ConfigOrigin origin, string service, RejectedFunction function, JsonElement config, DateTimeOffset now) => new()
    {
        Service = service,
        RequestType = Shorten(function.RequestType, MaxNameLength),
        Version = Shorten(function.Version, MaxNameLength),
        Source = origin.Source,
        Node = origin.Node,
        Reason = ReasonsOf(function.Reasons),
        Config = ConfigOf(config),
        InsertedAtMs = now.ToUnixTimeMilliseconds(),
        ExpiresAtMs = (now + FailedConfig.Lifetime).ToUnixTimeMilliseconds(),
    };

    private static IReadOnlyList<string> ReasonsOf(IReadOnlyList<string> reasons) => reasons.Count <= FailedConfig.MaxReasons
        ? [.. reasons.Select(reason => Shorten(reason, MaxReasonLength)!)]
        : [.. reasons.Take(FailedConfig.MaxReasons - 1).Select(reason => Shorten(reason, MaxReasonLength)!), $"and {reasons.Count - FailedConfig.MaxReasons + 1} more"];

    private static RawJson ConfigOf(JsonElement config)
    {
        var text = config.GetRawText();
        var bytes = Encoding.UTF8.GetBytes(text);

        // Whoever reads the list must be able to read all of it, so what is no Unicode becomes plain text with its escapes spelt out.
        return bytes.Length <= FailedConfig.MaxConfigBytes && JsonText.IsUnicode(bytes)
            ? new RawJson(bytes)
            : new RawJson(JsonSerializer.SerializeToUtf8Bytes(Shorten(text, FailedConfig.MaxConfigBytes)!, FailedConfigJson.Default.String));
    }

    private static string? Shorten(string? text, int most) => text?.Length > most ? $"{text[..(most - 1)]}…" : text;
}
