using System.Text.Json;

namespace GenApi.Gateway.Tests.Clients;

/// <summary>What came back, by whichever door.</summary>
/// <param name="Status">The HTTP status; 0 by the hub, which has none.</param>
/// <param name="Body">The response object.</param>
internal sealed record Answer(int Status, JsonElement Body)
{
    public HttpResponseMessage? Http { get; init; }

    public bool Success => Body.GetProperty("success").GetBoolean();

    public JsonElement Result => Body.GetProperty("result");

    public string? Code => Body.TryGetProperty("code", out var code) ? code.GetString() : null;

    public string? Error => Body.TryGetProperty("error", out var error) ? error.GetString() : null;

    public string? RequestId => Body.GetProperty("request_id").GetString();

    public bool CanRetry => Body.GetProperty("can_retry").GetBoolean();

    /// <summary>The bad arguments, each as "name: reason".</summary>
    public IReadOnlyList<string> Details => Body.TryGetProperty("details", out var details)
        ? [.. details.EnumerateArray().Select(detail => $"{detail.GetProperty("argument").GetString()}: {detail.GetProperty("reason").GetString()}")]
        : [];

    /// <summary>What the messages of failed tests show.</summary>
    public override string ToString() => $"{Status} {(Body.ValueKind == JsonValueKind.Undefined ? "" : Body.GetRawText())}";

    /// <summary>The answer must be a success with this result.</summary>
    public void AssertResult(string json) => Assert.Equal((true, json), (Success, Success ? Result.GetRawText() : Body.GetRawText()));

    /// <summary>The answer must be this failure, complete as the contract has it.</summary>
    public void AssertFailed(string code, int status, bool canRetry)
    {
        Assert.False(Success, Body.GetRawText());
        Assert.Equal((code, canRetry), (Code, CanRetry));
        Assert.NotEmpty(Error!);
        Assert.False(Body.TryGetProperty("result", out _));
        Assert.False(Body.GetProperty("async").GetBoolean());
        Assert.False(Body.GetProperty("has_more").GetBoolean());
        if (Http is not null)
        {
            Assert.Equal(status, Status);
        }
    }
}
