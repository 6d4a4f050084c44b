using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests;

/// <summary>Every row of the contract's error table that a call can reach, by both doors.</summary>
public sealed class ErrorTableTests(SharedCluster shared) : IClassFixture<SharedCluster>
{
    private const string Test = TestFunctions.Service;

    /// <summary>Service, function, version, arguments; then code, status, can_retry and the words of the error.</summary>
    public static TheoryData<string, string, string?, string, string, int, bool, string> Rows => new()
    {
        { Test, "own", null, """{"user_id":"bob"}""", "permission_denied", 403, false, "user_id" },
        { Test, "own", null, "{}", "permission_denied", 403, false, "user_id" },
        { Test, "own", null, """{"user_id":"alice","user_id":"bob"}""", "invalid_arguments", 422, false, "given more than once" },
        { Test, "own", null, """{"user_id":"bob","user_id":"alice"}""", "permission_denied", 403, false, "user_id" },
        { Test, "admin", null, "{}", "permission_denied", 403, false, "admin or boss" },
        { Test, "by_policy", null, "{}", "permission_denied", 403, false, "no_such_policy" },
        { "nowhere", "echo", null, "{}", "not_found", 404, false, "nowhere" },
        { Test, "no_such", null, "{}", "not_found", 404, false, "unsupported function: no_such" },
        { Test, "versioned", "7.0.0", "{}", "not_found", 404, false, "unsupported function: versioned version 7.0.0" },
        { Test, "echo", "1.0.0", """{"message":"x"}""", "not_found", 404, false, "unsupported function: echo version 1.0.0" },
        { Test, "disabled", null, "{}", "disabled", 404, false, "disabled function: disabled" },
        { Test, "versioned", "2.0.0", "{}", "disabled", 404, false, "disabled function: versioned version 2.0.0" },
        { Test, "echo", null, "{}", "invalid_arguments", 422, false, "'message'" },
        { Test, "big", null, """{"whole":1.5}""", "invalid_arguments", 422, false, "'whole'" },
        { "empty", "orphan", null, "{}", "unavailable", 503, true, "empty/orphan" },
        { Test, "hold_briefly", null, """{"key":"never-released"}""", "timeout", 504, true, "100 ms" },
        { Test, "fail", null, "{}", "function_error", 500, false, "failed" },
        { Test, "throw", null, "{}", "function_error", 500, false, "failed" },
        { Test, "breaks_the_gateway", null, "{}", "internal", 500, false, "logged under this request_id" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task By_http(string service, string function, string? version, string args, string code, int status, bool canRetry, string words)
    {
        await PushOrphanAsync();
        var answer = await shared.Cluster.Api.CallAsync(service, function, args, shared.Alice, version, request => request.Headers.Add("X-Request-Id", "r-77"));

        answer.AssertFailed(code, status, canRetry);
        Assert.Equal("r-77", answer.RequestId);
        Assert.Contains(words, answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", answer.Body.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("application/json", answer.Http!.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task By_the_hub_with_exactly_one_answer(string service, string function, string? version, string args, string code, int status, bool canRetry, string words)
    {
        await PushOrphanAsync();
        using var hub = await RawHub.ConnectAsync(shared.Cluster, shared.Alice);
        await hub.InvokeAsync("1", HubClient.Request(service, function, args, version, "r-78"));
        var answer = await hub.CompletionAsync("1");

        answer.AssertFailed(code, status, canRetry);
        Assert.Equal("r-78", answer.RequestId);
        Assert.Contains(words, answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", answer.Body.GetRawText(), StringComparison.Ordinal);

        // The connection goes on, and says no second word about the failed call.
        await hub.InvokeAsync("2", HubClient.Request(Test, "echo", """{"message":"still here"}"""));
        (await hub.CompletionAsync("2")).AssertResult("\"still here\"");
        Assert.Equal((1, 2), (hub.CompletionsOf("1"), hub.Received.Count));
    }

    [Fact]
    public async Task A_fault_of_the_gateway_is_logged_with_the_request_id()
    {
        var id = Guid.NewGuid().ToString("N");
        await using var hub = await shared.HubAsync();
        (await hub.CallAsync("breaks_the_gateway", requestId: id)).AssertFailed("internal", 500, false);

        Assert.Contains(shared.Cluster.Gateway.Log, line => line.Contains(id, StringComparison.Ordinal) && line.Contains("The disk is full.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_success_by_both_doors_has_the_same_shape()
    {
        await using var hub = await shared.HubAsync();
        var byHub = await hub.CallAsync("add", """{"a":1,"b":2}""", requestId: "r1");
        var byHttp = await shared.Cluster.Api.CallAsync(Test, "add", """{"a":1,"b":2}""", shared.Alice, change: request => request.Headers.Add("X-Request-Id", "r1"));

        Assert.Equal(200, byHttp.Status);
        Assert.Equal("""{"request_id":"r1","success":true,"result":3,"async":false,"has_more":false,"can_retry":false}""", byHttp.Body.GetRawText());
        Assert.Equal(byHttp.Body.GetRawText(), byHub.Body.GetRawText());
    }

    [Fact]
    public async Task A_function_that_returns_nothing_answers_null()
    {
        await using var hub = await shared.HubAsync();

        (await hub.CallAsync("nothing")).AssertResult("null");
        (await shared.CallAsync("nothing")).AssertResult("null");
    }

    [Fact]
    public async Task Every_bad_argument_is_named_by_both_doors()
    {
        await using var hub = await shared.HubAsync();
        const string Args = """{"text":1,"id":"no","extra":true}""";
        string[] expected =
        [
            "text: must be a string",
            "id: must be a UUID such as 6f9633e2-0b1c-4c57-9a53-0b1f0e2b7a11",
            "extra: is not an argument of this function",
            "number: is missing",
        ];

        Assert.Equal(expected, (await shared.CallAsync("typed", Args)).Details);
        Assert.Equal(expected, (await hub.CallAsync("typed", Args)).Details);
    }

    [Fact]
    public async Task What_only_the_node_can_see_is_named_too() =>
        Assert.Equal(["whole: does not fit the type Int32"], (await shared.CallAsync("big", """{"whole":3.5}""")).Details);

    [Fact]
    public async Task Defaults_and_fixed_arguments_reach_the_function()
    {
        (await shared.CallAsync("add", """{"a":1}""")).AssertResult("11");
        (await shared.CallAsync("tenant", """{"text":"x"}""")).AssertResult("\"blue:x\"");
        (await shared.CallAsync("tenant", """{"text":"x","tenant":"red"}""")).AssertFailed("invalid_arguments", 422, false);
    }

    [Fact]
    public async Task Versions_are_chosen_as_the_contract_says()
    {
        (await shared.CallAsync("versioned")).AssertResult("\"two\"");
        (await shared.CallAsync("versioned", version: "1.9.0")).AssertResult("\"one\"");
        (await shared.CallAsync("versioned", version: "1.10.0")).AssertResult("\"two\"");
    }

    private async Task PushOrphanAsync()
    {
        var answer = await shared.Cluster.Api.PushAsync(ApiClient.Push("empty", "1", ApiClient.Function("orphan")));
        Assert.Equal(200, answer.Status);
    }
}
