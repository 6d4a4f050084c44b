using System.Net;
using System.Text;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests;

/// <summary>Malformed, too large, and large but right.</summary>
public sealed class PayloadTests(PayloadTests.SmallLimits shared) : IClassFixture<PayloadTests.SmallLimits>
{
    private const int Limit = 64 * 1024;

    private TestCluster Cluster => shared.Cluster;

    private ApiClient Api => shared.Cluster.Api;

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{")]
    [InlineData("""{"message":"x",}""")]
    [InlineData("""{"message":"x"} {}""")]
    [InlineData("""{"message":"x"}]""")]
    [InlineData("[]")]
    [InlineData("\"message\"")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("{\"message\":\"line\nbreak\"}")]
    [InlineData("""{/* comment */}""")]
    public async Task A_malformed_body_is_400(string body)
    {
        var answer = await Api.CallAsync("test", "echo", body, shared.Alice, change: request => request.Headers.Add("X-Request-Id", "r-1"));

        answer.AssertFailed("invalid_request", 400, false);
        Assert.Equal("r-1", answer.RequestId);
    }

    [Fact]
    public async Task Nesting_without_end_is_400() =>
        (await Api.CallAsync("test", "echo_any", $$"""{"value":{{new string('[', 5000)}}{{new string(']', 5000)}}}""", shared.Alice)).AssertFailed("invalid_request", 400, false);

    [Theory]
    [InlineData("""{"message":"\ud800"}""")]
    [InlineData("""{"\ud800":1,"message":"x"}""")]
    public async Task Text_that_is_no_unicode_is_refused_by_both_doors(string args)
    {
        using var hub = await RawHub.ConnectAsync(Cluster, shared.Alice);
        await hub.InvokeAsync("1", HubClient.Request("test", "echo", args));

        (await Api.CallAsync("test", "echo", args, shared.Alice)).AssertFailed("invalid_request", 400, false);
        (await hub.CompletionAsync("1")).AssertFailed("invalid_request", 400, false);
    }

    [Fact]
    public async Task An_empty_body_stands_for_no_arguments() =>
        (await Api.CallAsync("test", "nothing", "", shared.Alice)).AssertResult("null");

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"service":"test","request_id":"r1"}""")]
    [InlineData("""{"service":7,"request_type":"echo","request_id":"r1"}""")]
    [InlineData("""{"service":"test","request_type":"echo","request_id":"r1","args":"x"}""")]
    [InlineData("""{"service":"test","request_type":"echo","request_id":"r1","user_roles":["\ud800"]}""")]
    [InlineData("""{"\ud800":1,"service":"test","request_type":"echo","request_id":"r1","args":7}""")]
    public async Task A_malformed_request_by_the_hub_gets_one_answer_and_the_connection_goes_on(string request)
    {
        using var hub = await RawHub.ConnectAsync(Cluster, shared.Alice);
        await hub.InvokeAsync("1", request);
        (await hub.CompletionAsync("1")).AssertFailed("invalid_request", 400, false);
        await hub.InvokeAsync("2", HubClient.Request("test", "echo", """{"message":"x"}"""));
        (await hub.CompletionAsync("2")).AssertResult("\"x\"");

        Assert.Equal(2, hub.Received.Count);
    }

    [Fact]
    public async Task A_message_that_is_no_signalr_ends_that_connection_alone()
    {
        await using var other = await HubClient.ConnectAsync(Cluster, shared.Alice);
        using var hub = await RawHub.ConnectAsync(Cluster, shared.Alice);
        await hub.SendTextAsync("{\"type\":1,\"invocationId\":\"1\",\"target\":\"Call\",\"arguments\":[{\u001e");
        await hub.EndAsync();

        (await other.CallAsync("echo", """{"message":"x"}""")).AssertResult("\"x\"");
    }

    [Fact]
    public async Task A_payload_over_the_limit_is_413_with_and_without_a_length()
    {
        var args = Args(Limit);
        var announced = await Api.CallAsync("test", "echo_any", args, shared.Alice);
        var chunked = await Api.CallAsync("test", "echo_any", args, shared.Alice, change: request =>
        {
            request.Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(args)));
            request.Headers.TransferEncodingChunked = true;
        });

        announced.AssertFailed("invalid_request", 413, false);
        chunked.AssertFailed("invalid_request", 413, false);
        Assert.Contains(Limit.ToString(System.Globalization.CultureInfo.InvariantCulture), announced.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_payload_at_the_limit_passes()
    {
        var args = Args(Limit - "{\"value\":\"\"}".Length);

        Assert.Equal(Limit, args.Length);
        Assert.Equal(200, (await Api.CallAsync("test", "echo_any", args, shared.Alice)).Status);
    }

    [Fact]
    public async Task A_request_over_the_limit_by_the_hub_gets_its_answer_with_its_id()
    {
        using var hub = await RawHub.ConnectAsync(Cluster, shared.Alice);
        await hub.InvokeAsync("1", HubClient.Request("test", "echo_any", Args(Limit), requestId: "large"));
        var answer = await hub.CompletionAsync("1");

        answer.AssertFailed("invalid_request", 413, false);
        Assert.Equal("large", answer.RequestId);
        await hub.InvokeAsync("2", HubClient.Request("test", "echo", """{"message":"x"}"""));
        (await hub.CompletionAsync("2")).AssertResult("\"x\"");
    }

    [Fact]
    public async Task A_message_far_beyond_the_limit_ends_that_connection_alone()
    {
        await using var other = await HubClient.ConnectAsync(Cluster, shared.Alice);
        using var hub = await RawHub.ConnectAsync(Cluster, shared.Alice);
        await hub.InvokeAsync("1", HubClient.Request("test", "echo_any", Args(Limit * 5)));
        await hub.EndAsync();

        Assert.Equal(0, hub.CompletionsOf("1"));
        (await other.CallAsync("echo", """{"message":"x"}""")).AssertResult("\"x\"");
    }

    [Fact]
    public async Task A_result_much_larger_than_any_request_arrives_by_both_doors()
    {
        await using var hub = await HubClient.ConnectAsync(Cluster, shared.Alice);

        Assert.Equal(3_000_000, (await Api.CallAsync("test", "letters", """{"count":3000000}""", shared.Alice)).Result.GetString()!.Length);
        Assert.Equal(3_000_000, (await hub.CallAsync("letters", """{"count":3000000}""")).Result.GetString()!.Length);
    }

    [Fact]
    public async Task A_result_larger_than_a_frame_is_an_error_of_the_function_and_the_link_lives()
    {
        var answer = await Api.CallAsync("test", "letters", """{"count":5000000}""", shared.Alice);

        answer.AssertFailed("function_error", 500, false);
        (await Api.CallAsync("test", "echo", """{"message":"x"}""", shared.Alice)).AssertResult("\"x\"");
    }

    [Theory]
    [InlineData("/api/test", 404)]
    [InlineData("/api/test/echo/more", 404)]
    [InlineData("/nothing", 404)]
    public async Task Other_paths_are_not_found(string path, int status) =>
        Assert.Equal(status, (await Api.PostAsync(path, "{}", shared.Alice)).Status);

    [Fact]
    public async Task A_call_is_a_post() =>
        Assert.Equal((int)HttpStatusCode.MethodNotAllowed, (await Api.GetAsync("/api/test/echo", shared.Alice)).Status);

    [Theory]
    [InlineData("X-Request-Id")]
    [InlineData("X-Device-Id")]
    public async Task A_header_too_long_is_400(string header)
    {
        var answer = await Api.CallAsync("test", "echo", """{"message":"x"}""", shared.Alice, change: request => request.Headers.Add(header, new string('x', 300)));

        answer.AssertFailed("invalid_request", 400, false);
        Assert.Contains(header, answer.Error, StringComparison.Ordinal);
    }

    private static string Args(int length) => $$"""{"value":"{{new string('x', length)}}"}""";

    /// <summary>A gateway that takes small requests and frames of 4 MiB.</summary>
    public sealed class SmallLimits : IAsyncLifetime
    {
        internal TestCluster Cluster { get; private set; } = null!;

        internal string Alice { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Cluster = await TestCluster.StartAsync(new TestClusterOptions
            {
                Nodes = ["a"],
                GatewaySettings = new Dictionary<string, string?>
                {
                    ["GenApi:MaxPayloadBytes"] = "65536",
                    ["GenApi:Nodes:MaxFrameBytes"] = "4194304",
                },
            });
            Alice = await Cluster.Api.TokenAsync("alice");
        }

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}
