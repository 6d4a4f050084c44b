using System.Text.Json;

namespace GenApi.Gateway.RateLimits;

/// <summary>What a gateway tells the others when it forgets what was counted for a value.</summary>
/// <param name="Key">The limits' key, such as <c>user_id</c>.</param>
/// <param name="KeyValue">The value, as it is counted.</param>
/// <param name="Scope"><c>global</c>, or <c>service/request_type</c>; null: every limit of the key.</param>
internal sealed record RateLimitReset(string Key, string KeyValue, string? Scope)
{
    /// <summary>Reads a notice; null: it is not what a gateway sends.</summary>
    public static RateLimitReset? Read(string notice)
    {
        try
        {
            return JsonSerializer.Deserialize(notice, RateLimitJson.Default.RateLimitReset) is { Key: not null, KeyValue: not null } reset ? reset : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The notice: JSON, because a value may hold anything.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, RateLimitJson.Default.RateLimitReset);
}
