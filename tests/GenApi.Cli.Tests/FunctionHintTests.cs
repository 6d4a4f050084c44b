using GenApi.Cli.Tests.Running;

namespace GenApi.Cli.Tests;

/// <summary>What may have been meant, where the gateway knows no function of the name that was typed.</summary>
public sealed class FunctionHintTests : IDisposable
{
    private const string Functions =
        """
        [{"service":"sample","request_type":"get_user","version":"1.0.0"},{"service":"sample","request_type":"get_user","version":"2.0.0"},{"service":"sample","request_type":"echo"},
         {"service":"orders","request_type":"list","version":"1"},{"service":"orders","request_type":"list"}]
        """;

    private const string Missing = "There is none.";

    private readonly CliRunner _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("flow sampel get_user", "Did you mean sample/get_user?")]
    [InlineData("flow sampel frobnicate", "Did you mean the service sample?")]
    [InlineData("flow sample get_usr", "Did you mean sample/get_user?")]
    [InlineData("flow sample get_user 9.9.9", "The function is there as 1.0.0 and 2.0.0.")]
    [InlineData("flow sample echo 1", "The function is there without a version.")]
    [InlineData("flow orders list 2", "The function is there without a version, and as 1.")]
    [InlineData("flow frob nicate", "")]
    [InlineData("functions latest sampel get_user", "Did you mean sample/get_user?")]
    [InlineData("functions enable sample ehco", "Did you mean sample/echo?")]
    [InlineData("functions delete sample get_user", "")]
    public async Task A_slip_in_a_functions_name_is_told(string line, string hint)
    {
        await using var gateway = await StartAsync();
        foreach (var route in new[]
        {
            "GET /admin/flows/sampel/get_user", "GET /admin/flows/sampel/frobnicate", "GET /admin/flows/sample/get_usr", "GET /admin/flows/sample/get_user", "GET /admin/flows/sample/echo",
            "GET /admin/flows/orders/list", "GET /admin/flows/frob/nicate", "GET /admin/functions/sampel/get_user/latest", "POST /admin/functions/sample/ehco/-/enable", "DELETE /admin/functions/sample/get_user/-",
        })
        {
            gateway.On(route, 404, $$"""{"code":"not_found","error":"{{Missing}}"}""");
        }

        var outcome = await _cli.RunAsync(line.Split(' '));

        Assert.Equal(new Outcome(ExitCode.Failed, "", $"{$"The gateway refused (not_found): {Missing} {hint}".Trim()}\n"), outcome);
        Assert.Equal(2, gateway.Asked.Count);
    }

    [Theory]
    [InlineData("call sample get_usr", "get_usr", "Did you mean sample/get_user?\n")]
    [InlineData("call sample get_user --version 9", "get_user", "The function is there as 1.0.0 and 2.0.0.\n")]
    [InlineData("call sample get_user", "get_user", "")]
    public async Task So_it_is_after_a_call(string line, string type, string hint)
    {
        await using var gateway = await StartAsync();
        gateway.On($"POST /api/sample/{type}", 404, $$"""{"request_id":"r1","success":false,"code":"not_found","error":"{{Missing}}"}""");

        var outcome = await _cli.RunAsync(line.Split(' '));

        Assert.Equal(new Outcome(ExitCode.Failed, "", $"not_found: {Missing}\nrequest_id r1\n{hint}"), outcome);
    }

    [Fact]
    public async Task Where_the_functions_cannot_be_had_only_the_refusal_is_said()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/flows/sampel/get_user", 404, $$"""{"code":"not_found","error":"{{Missing}}"}""");
        gateway.On("GET /admin/functions", 500, "oops");
        _cli.Use(gateway);

        Assert.Equal($"The gateway refused (not_found): {Missing}\n", (await _cli.RunAsync("flow", "sampel", "get_user")).Error);
    }

    private async Task<StubGateway> StartAsync()
    {
        var gateway = await StubGateway.StartAsync();
        gateway.On("GET /admin/functions", 200, Functions);
        _cli.Use(gateway);
        return gateway;
    }
}
