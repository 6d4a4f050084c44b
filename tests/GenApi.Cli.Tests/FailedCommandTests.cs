using GenApi.Cli.Tests.Running;

namespace GenApi.Cli.Tests;

public sealed class FailedCommandTests : IDisposable
{
    private const string Entries =
        """
        [{"id":42,"service":"users","request_type":"get","version":"1.0.0","source":"pull","node":"http://10.0.0.5:5090","reason":["one","two"],"config":{"a":1},"inserted_at_ms":1718000000000,"expires_at_ms":1718086400000},
         {"id":41,"service":"orders","request_type":null,"version":null,"source":"push","node":null,"reason":["a function config must be a JSON object"],"config":7,"inserted_at_ms":1718000000000,"expires_at_ms":1718086400000}]
        """;

    private readonly CliRunner _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("failed")]
    [InlineData("failed", "list")]
    public async Task Lists_what_failed_with_every_reason(params string[] command)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/failed-configs", 200, Entries);
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync(command);

        Assert.Equal((ExitCode.Done, "Showing 2 (limit 100).\n"), (outcome.ExitCode, outcome.Error));
        var lines = outcome.Output.Split('\n');
        Assert.Matches("^ID +Service +Request Type +Version +Source +Node +Recorded +Reason", lines[0]);
        Assert.Matches("^42 +users +get +1.0.0 +pull +http://10.0.0.5:5090 +2024-06-10 06:13:20Z +one; two", lines[1]);
        Assert.Matches("^41 +orders +push +2024-06-10 06:13:20Z +a function config must be a JSON object", lines[2]);
        Assert.Equal("/admin/failed-configs?limit=100", Assert.Single(gateway.Asked).Url);
    }

    [Fact]
    public async Task Filters_go_to_the_gateway()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/failed-configs", 200, "[]");
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("failed", "--source", "pull", "--service", "a b", "--limit", "20", "--oldest-first");

        Assert.Equal(new Outcome(ExitCode.Done, "", "There are no such failed configs.\n"), outcome);
        Assert.Equal("/admin/failed-configs?source=pull&service=a%20b&limit=20&order=oldest_first", Assert.Single(gateway.Asked).Url);
        Assert.Equal(ExitCode.Usage, (await _cli.RunAsync("failed", "--source", "nowhere")).ExitCode);
        Assert.Equal(ExitCode.Usage, (await _cli.RunAsync("failed", "--limit", "x")).ExitCode);
    }

    [Fact]
    public async Task Json_prints_the_whole_answer()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/failed-configs", 200, """[{"id":1,"config":{"a":[1]}}]""");
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("failed", "--json");

        Assert.Equal(new Outcome(ExitCode.Done, "[\n  {\n    \"id\": 1,\n    \"config\": {\n      \"a\": [\n        1\n      ]\n    }\n  }\n]\n", ""), outcome);
    }

    [Fact]
    public async Task Summary_counts_by_source_and_service()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/failed-configs/summary", 200, """{"total":3,"by_source":{"pull":2,"push":1},"by_service":{"users":3}}""");
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync("failed", "summary");

        Assert.Equal((ExitCode.Done, ""), (outcome.ExitCode, outcome.Error));
        var lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches("^all +3", lines[1]);
        Assert.Matches("^source +pull +2", lines[2]);
        Assert.Matches("^source +push +1", lines[3]);
        Assert.Matches("^service +users +3", lines[4]);
    }

    [Theory]
    [InlineData("cleanup", "POST", "/admin/failed-configs/cleanup", 2, "Removed 2 expired failed configs.")]
    [InlineData("clear", "DELETE", "/admin/failed-configs", 1, "Removed 1 failed config.")]
    public async Task Removing_says_how_many(string command, string method, string path, int removed, string line)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On($"{method} {path}", 200, $$"""{"removed":{{removed}}}""");
        _cli.Use(gateway);

        Assert.Equal(new Outcome(ExitCode.Done, line + "\n", ""), await _cli.RunAsync("failed", command));
        Assert.Equal(new Outcome(ExitCode.Done, $"{{\n  \"removed\": {removed}\n}}\n", ""), await _cli.RunAsync("failed", command, "--json"));
    }

    [Theory]
    [InlineData("failed", "GET /admin/failed-configs")]
    [InlineData("failed summary", "GET /admin/failed-configs/summary")]
    [InlineData("failed cleanup", "POST /admin/failed-configs/cleanup")]
    [InlineData("failed clear", "DELETE /admin/failed-configs")]
    [InlineData("pushed", "GET /admin/pushed-services")]
    [InlineData("verify users 1", "GET /admin/verify")]
    [InlineData("functions", "GET /admin/functions")]
    [InlineData("functions latest users get", "GET /admin/functions/users/get/latest")]
    [InlineData("functions enable users get", "POST /admin/functions/users/get/-/enable")]
    public async Task A_refusal_is_a_sentence(string command, string route)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On(route, 503, """{"code":"unavailable","error":"What the gateways share cannot be reached now."}""");
        _cli.Use(gateway);

        Assert.Equal(
            new Outcome(ExitCode.Failed, "", "The gateway refused (unavailable): What the gateways share cannot be reached now.\n"),
            await _cli.RunAsync(command.Split(' ')));
    }
}
