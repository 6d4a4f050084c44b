using System.Net.Http.Headers;
using System.Text.Json;

namespace GenApi.Calls.Tests.Clients;

/// <summary>One response object, by whichever door.</summary>
/// <param name="Body">The response object.</param>
/// <param name="Status">The HTTP status; 0 where there is none of its own.</param>
internal sealed record Answer(JsonElement Body, int Status = 0)
{
    public HttpResponseHeaders? Headers { get; init; }

    public bool Success => Body.GetProperty("success").GetBoolean();

    public JsonElement Result => Body.GetProperty("result");

    public bool HasResult => Body.TryGetProperty("result", out _);

    public bool IsAsync => Body.GetProperty("async").GetBoolean();

    public bool HasMore => Body.GetProperty("has_more").GetBoolean();

    public bool CanRetry => Body.GetProperty("can_retry").GetBoolean();

    public string? Code => Body.TryGetProperty("code", out var code) ? code.GetString() : null;

    public string? Error => Body.TryGetProperty("error", out var error) ? error.GetString() : null;

    public string RequestId => Body.GetProperty("request_id").GetString()!;

    /// <summary>The bad arguments, each as "name: reason".</summary>
    public IReadOnlyList<string> Details => Body.TryGetProperty("details", out var details)
        ? [.. details.EnumerateArray().Select(detail => $"{detail.GetProperty("argument").GetString()}: {detail.GetProperty("reason").GetString()}")]
        : [];

    public override string ToString() => Body.ToString();

    /// <summary>The answer must be a success with this result.</summary>
    public void AssertResult(string json)
    {
        Assert.True(Success, Body.GetRawText());
        AssertJson(json, Result);
    }

    /// <summary>The answer must be this failure, complete as the contract has it.</summary>
    public void AssertFailed(string code, params IEnumerable<string> words)
    {
        var (status, canRetry) = ErrorTable.Row(code);
        Assert.False(Success, Body.GetRawText());
        Assert.Equal((code, canRetry, false), (Code, CanRetry, HasMore));
        Assert.False(HasResult, Body.GetRawText());
        Assert.All(words, word => Assert.Contains(word, Error, StringComparison.Ordinal));
        if (Status is not (0 or 200))
        {
            Assert.Equal(status, Status);
        }
    }

    public static void AssertJson(string expected, JsonElement actual)
    {
        using var document = JsonDocument.Parse(expected);
        if (!JsonElement.DeepEquals(document.RootElement, actual))
        {
            Assert.Fail($"Expected {expected}, got {actual.GetRawText()}");
        }
    }
}

/// <summary>The contract's table of errors.</summary>
internal static class ErrorTable
{
    public static (int Status, bool CanRetry) Row(string code) => code switch
    {
        "invalid_request" => (400, false),
        "unauthenticated" => (401, false),
        "permission_denied" => (403, false),
        "not_found" or "disabled" => (404, false),
        "invalid_arguments" => (422, false),
        "hook_rejected" => (409, false),
        "unavailable" => (503, true),
        "timeout" => (504, true),
        "function_error" or "internal" => (500, false),
        _ => throw new ArgumentException($"The table has no code '{code}'."),
    };
}
