using GenApi.Cli.Tests.Running;
using Microsoft.AspNetCore.Http;

namespace GenApi.Cli.Tests;

public sealed class TokenCommandTests : IDisposable
{
    private readonly CliRunner _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Prints_the_token_alone()
    {
        await using var gateway = await StubGateway.StartAsync();
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("token", "alice");

        Assert.Equal(new Outcome(ExitCode.Done, StubGateway.ClientToken + "\n", ""), outcome);
    }

    [Fact]
    public async Task Sends_what_was_asked_for()
    {
        await using var gateway = await StubGateway.StartAsync();
        _cli.Use(gateway);

        await _cli.RunAsync("token", "alice", "--role", "user", "--role", "admin", "--device", "d1", "--expires", "1h");

        var asked = Assert.Single(gateway.Asked);
        Assert.Equal("POST", asked.Method);
        Assert.Equal("/admin/tokens", asked.Url);
        Assert.Equal("application/json", asked.Header("Content-Type"));
        Assert.Equal($"Bearer {StubGateway.AdminToken}", asked.Header("Authorization"));
        Assert.StartsWith("genapi/", asked.Header("User-Agent"), StringComparison.Ordinal);
        Assert.Equal("""{"user_id":"alice","roles":["user","admin"],"device_id":"d1","expires_in":3600}""", asked.Body);
    }

    [Fact]
    public async Task Leaves_out_what_was_not_asked_for()
    {
        await using var gateway = await StubGateway.StartAsync();
        _cli.Use(gateway);

        await _cli.RunAsync("token", "alice");

        Assert.Equal("""{"user_id":"alice","roles":[]}""", Assert.Single(gateway.Asked).Body);
    }

    [Fact]
    public async Task Json_prints_the_whole_answer()
    {
        await using var gateway = await StubGateway.StartAsync();
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("token", "alice", "--json");

        Assert.Equal(ExitCode.Done, outcome.ExitCode);
        Assert.Equal(
            $$"""
            {
              "access_token": "{{StubGateway.ClientToken}}",
              "token_type": "Bearer",
              "expires_in": 3600
            }

            """,
            outcome.Output);
    }

    [Theory]
    [InlineData(400, """{"code":"invalid_request","error":"user_id must be a string."}""", "The gateway refused (invalid_request): user_id must be a string.")]
    [InlineData(403, """{"code":"permission_denied","error":"The action 'create_token' is switched off."}""", "The gateway refused: The action 'create_token' is switched off.")]
    [InlineData(403, "", "The gateway refused: it answered 403 Forbidden and no reason.")]
    [InlineData(404, "", "There is no /admin/tokens at {url} (from GENAPI_URL); is it the URL of a GenApi gateway, and as new as this tool?")]
    [InlineData(502, "<html>Bad gateway</html>", "{url} (from GENAPI_URL) answered 502 BadGateway to /admin/tokens, and not as a GenApi gateway does; check the URL.")]
    [InlineData(200, "hello", "{url} (from GENAPI_URL) answered 200 OK to /admin/tokens, and not as a GenApi gateway does; check the URL.")]
    [InlineData(200, "{}", "{url} (from GENAPI_URL) answered without an access_token; check the URL.")]
    [InlineData(200, "[1]", "{url} (from GENAPI_URL) answered without an access_token; check the URL.")]
    public async Task Says_in_a_sentence_what_went_wrong(int status, string body, string sentence)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /admin/tokens", status, body);
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("token", "alice");

        Assert.Equal(new Outcome(ExitCode.Failed, "", sentence.Replace("{url}", gateway.Url, StringComparison.Ordinal) + "\n"), outcome);
    }

    [Fact]
    public async Task A_wrong_admin_token_is_named_with_where_it_came_from()
    {
        await using var gateway = await StubGateway.StartAsync();
        _cli.Use(gateway);
        _cli.Set("GENAPI_ADMIN_TOKEN", "wrong");

        var outcome = await _cli.RunAsync("token", "alice");

        Assert.Equal(ExitCode.Failed, outcome.ExitCode);
        Assert.Equal(
            $"The gateway at {gateway.Url} does not accept the admin token from GENAPI_ADMIN_TOKEN; check --admin-token or GENAPI_ADMIN_TOKEN.\n",
            outcome.Error);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var gateway = await StubGateway.StartAsync();
        await using var other = await StubGateway.StartAsync();
        gateway.On("POST /admin/tokens", http =>
        {
            http.Response.StatusCode = 307;
            http.Response.Headers.Location = $"{other.Url}/admin/tokens";
            return Task.CompletedTask;
        });
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("token", "alice");

        Assert.Equal(new Outcome(ExitCode.Failed, "", $"{gateway.Url} (from GENAPI_URL) sends on to {other.Url}/admin/tokens; give the gateway's own URL.\n"), outcome);
        Assert.Empty(other.Asked);
    }

    [Fact]
    public async Task Gives_up_when_the_time_is_up()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /admin/tokens", http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("token", "alice", "--timeout", "200ms");

        Assert.Equal(new Outcome(ExitCode.Failed, "", "No answer within 200ms; --timeout sets how long to wait.\n"), outcome);
    }

    [Fact]
    public async Task Ctrl_C_stops_it_without_a_word()
    {
        using var ctrlC = new CancellationTokenSource();
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /admin/tokens", async http =>
        {
            await ctrlC.CancelAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync(ctrlC.Token, "token", "alice");

        Assert.Equal(new Outcome(ExitCode.Interrupted, "", ""), outcome);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_off()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /admin/tokens", async http =>
        {
            var chunk = new byte[1024 * 1024];
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(chunk, http.RequestAborted);
            }
        });
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("token", "alice");

        Assert.Equal(new Outcome(ExitCode.Failed, "", $"The answer from {gateway.Url} (from GENAPI_URL) is larger than 64 MiB, the most that genapi takes.\n"), outcome);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_an_error()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("POST /admin/tokens", async http =>
        {
            http.Response.ContentLength = 1000;
            await http.Response.WriteAsync("{", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            http.Abort();
        });
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("token", "alice");

        Assert.Equal(new Outcome(ExitCode.Failed, "", $"The connection to {gateway.Url} (from GENAPI_URL) ended before the whole answer was there.\n"), outcome);
    }
}
