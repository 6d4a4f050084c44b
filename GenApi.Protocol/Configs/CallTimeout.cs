using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using GenApi.Protocol.Json;

namespace GenApi.Protocol.Configs;

/// <summary>How long a call may take from entry to answer (the seed's <c>timeout</c>).</summary>
/// <param name="Milliseconds">100 to 300000; null stands for <c>"infinity"</c>.</param>
[JsonConverter(typeof(CallTimeoutConverter))]
public sealed record CallTimeout(int? Milliseconds)
{
    /// <summary>The smallest timeout a function may have, in milliseconds.</summary>
    public const int Minimum = 100;

    /// <summary>The largest finite timeout a function may have, in milliseconds.</summary>
    public const int Maximum = 300_000;

    /// <summary>5000 ms.</summary>
    public static CallTimeout Default { get; } = new(5000);

    /// <summary>No timeout: the call ends when the function, the client or the node does.</summary>
    public static CallTimeout Infinity { get; } = new((int?)null);

    /// <summary>The number of milliseconds, or <c>infinity</c>.</summary>
    public override string ToString() => Milliseconds?.ToString(CultureInfo.InvariantCulture) ?? "infinity";
}

internal sealed class CallTimeoutConverter : ShapeConverter<CallTimeout>
{
    protected override string Expected =>
        $"a whole number of milliseconds from {CallTimeout.Minimum} to {CallTimeout.Maximum}, or \"infinity\"";

    protected override CallTimeout? Parse(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Number when json.TryGetInt32(out var milliseconds) => new CallTimeout(milliseconds),
        JsonValueKind.String when json.IsString("infinity") => CallTimeout.Infinity,
        _ => null,
    };

    protected override void WriteShape(Utf8JsonWriter writer, CallTimeout value)
    {
        if (value.Milliseconds is { } milliseconds)
        {
            writer.WriteNumberValue(milliseconds);
        }
        else
        {
            writer.WriteStringValue("infinity");
        }
    }
}
