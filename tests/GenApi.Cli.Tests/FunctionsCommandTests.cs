using GenApi.Cli.Tests.Running;
using Microsoft.AspNetCore.Http;

namespace GenApi.Cli.Tests;

public sealed class FunctionsCommandTests : IDisposable
{
    private const string Functions =
        """
        [{"service":"orders","request_type":"list","response_type":"stream","check_permission":{"role":["admin"]},"disabled":true,"description":"All of them"},
         {"service":"users","request_type":"get","version":"1.0.0","response_type":"sync","check_permission":false,"disabled":false}]
        """;

    private readonly CliRunner _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("functions")]
    [InlineData("functions", "list")]
    public async Task Lists_the_functions(params string[] command)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/functions", 200, Functions);
        _cli.Use(gateway);

        var outcome = await _cli.RunAsync(command);

        Assert.Equal((ExitCode.Done, ""), (outcome.ExitCode, outcome.Error));
        var lines = outcome.Output.Split('\n');
        Assert.Matches("^Service +Function +Version +Answers +Permission +State +Description", lines[0]);
        Assert.Matches("^orders +list +stream +{\"role\":\\[\"admin\"\\]} +disabled +All of them", lines[1]);
        Assert.Matches("^users +get +1.0.0 +sync +none +enabled", lines[2]);
    }

    [Fact]
    public async Task Lists_those_of_one_service()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/functions", 200, Functions);
        _cli.Use(gateway);

        Assert.DoesNotContain("orders", (await _cli.RunAsync("functions", "--service", "users")).Output, StringComparison.Ordinal);
        var json = (await _cli.RunAsync("functions", "list", "--service", "users", "--json")).Output;
        Assert.StartsWith("[\n  {\n    \"service\": \"users\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("orders", json, StringComparison.Ordinal);
        Assert.Equal(new Outcome(ExitCode.Done, "", "The gateway knows no functions of none.\n"), await _cli.RunAsync("functions", "--service", "none"));
    }

    [Fact]
    public async Task Latest_prints_the_config()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/functions/users/get/latest", 200, """{"service":"users","version":"2.0.0"}""");
        gateway.On("GET /admin/functions/users/none/latest", 404, """{"code":"not_found","error":"There is no function users/none."}""");
        _cli.Use(gateway);

        Assert.Matches("version +2.0.0", (await _cli.RunAsync("functions", "latest", "users", "get")).Output);
        Assert.Contains("\"version\": \"2.0.0\"", (await _cli.RunAsync("functions", "latest", "users", "get", "--json")).Output, StringComparison.Ordinal);
        Assert.Equal(new Outcome(ExitCode.Failed, "", "The gateway refused (not_found): There is no function users/none.\n"), await _cli.RunAsync("functions", "latest", "users", "none"));
    }

    [Theory]
    [InlineData("enable", "POST", "/enable", "enabled")]
    [InlineData("disable", "POST", "/disable", "disabled")]
    [InlineData("delete", "DELETE", "", "deleted")]
    public async Task Switches_a_function(string command, string method, string suffix, string state)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On($"{method} /admin/functions/users/get/1.0.0{suffix}", NoContent);
        gateway.On($"{method} /admin/functions/users/get/-{suffix}", NoContent);
        _cli.Use(gateway);

        Assert.Equal(new Outcome(ExitCode.Done, $"users/get version 1.0.0 is {state}.\n", ""), await _cli.RunAsync("functions", command, "users", "get", "1.0.0"));
        Assert.Equal(new Outcome(ExitCode.Done, $"users/get is {state}.\n", ""), await _cli.RunAsync("functions", command, "users", "get"));
        Assert.Contains($"\"state\": \"{state}\"", (await _cli.RunAsync("functions", command, "users", "get", "--json")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/admin/functions", 17, "Removed 17 functions.\n")]
    [InlineData("/admin/functions/users", 1, "Removed 1 function of users.\n", "users")]
    public async Task Clear_removes_those_of_a_service_or_of_all(string path, int removed, string line, params string[] service)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On($"DELETE {path}", 200, $$"""{"removed":{{removed}}}""");
        _cli.Use(gateway);

        Assert.Equal(new Outcome(ExitCode.Done, line, ""), await _cli.RunAsync(["functions", "clear", .. service]));
        Assert.Contains($"\"removed\": {removed}", (await _cli.RunAsync(["functions", "clear", .. service, "--yes", "--json"])).Output, StringComparison.Ordinal);
        Assert.Equal([path, path], gateway.Asked.Select(asked => asked.Url));
    }

    [Theory]
    [InlineData("..", "get")]
    [InlineData("users", ".")]
    [InlineData("", "get")]
    public async Task A_name_cannot_lead_elsewhere(string service, string type)
    {
        await using var gateway = await StubGateway.StartAsync();
        _cli.Use(gateway);

        Assert.Equal(ExitCode.Usage, (await _cli.RunAsync("functions", "delete", service, type)).ExitCode);
        Assert.Equal(ExitCode.Usage, (await _cli.RunAsync("functions", "clear", service is "users" ? type : service)).ExitCode);
        Assert.Empty(gateway.Asked);
    }

    private static Task NoContent(HttpContext http)
    {
        http.Response.StatusCode = 204;
        return Task.CompletedTask;
    }
}
