using System.Text.Json;

namespace GenApi.Cluster.Tests.Clients;

/// <summary>The answer to a call, as the contract describes it.</summary>
/// <param name="HttpStatus">The status, for a call by HTTP; otherwise 0.</param>
/// <param name="RequestId">The call's id.</param>
/// <param name="Success">Whether it succeeded.</param>
/// <param name="Code">Why not; null on success.</param>
/// <param name="Error">The message; null on success.</param>
/// <param name="CanRetry">Whether the same call may succeed when sent again.</param>
/// <param name="Json">The whole answer.</param>
public sealed record CallAnswer(int HttpStatus, string? RequestId, bool Success, string? Code, string? Error, bool CanRetry, JsonElement Json)
{
    /// <summary>The result of a success.</summary>
    public JsonElement Result => Success ? Json.GetProperty("result") : throw new InvalidOperationException($"The call failed: {Json}");

    /// <summary>The process that answered, where the function says so.</summary>
    public int ProcessId => Result.GetProperty("process_id").GetInt32();

    /// <summary>Reads an answer.</summary>
    public static CallAnswer Read(JsonElement json, int httpStatus = 0)
    {
        string? Text(string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        Assert.Equal(JsonValueKind.Object, json.ValueKind);
        return new CallAnswer(
            httpStatus, Text("request_id"), json.GetProperty("success").GetBoolean(), Text("code"), Text("error"), json.GetProperty("can_retry").GetBoolean(), json);
    }
}
