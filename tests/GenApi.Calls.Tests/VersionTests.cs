using GenApi.Calls.Tests.Clients;
using GenApi.Calls.Tests.Running;
using GenApi.Calls.Tests.Table;
using GenApi.Protocol.Configs;

namespace GenApi.Calls.Tests;

/// <summary>Several versions of one function side by side, switched at runtime.</summary>
public sealed class VersionTests
{
    [Theory]
    [InlineData(Door.HubCall)]
    [InlineData(Door.HubStream)]
    [InlineData(Door.Http)]
    public async Task Versions_live_side_by_side_and_are_switched(Door door)
    {
        await using var cluster = await Cluster.StartAsync(new ClusterOptions
        {
            Nodes = ["a"],
            ConfigureNode = (node, _) =>
            {
                foreach (var version in (string[])["1.9.0", "1.10.0", "2.0.0-rc.1", "2.0.0"])
                {
                    node.Map("which", () => version).WithVersion(version);
                }
            },
        });
        await using var caller = await Caller.ConnectAsync(cluster, door, cluster.Alice);

        foreach (var version in (string[])["1.9.0", "1.10.0", "2.0.0-rc.1", "2.0.0"])
        {
            await AnswersAsync(version, version);
        }

        await AnswersAsync(null, "2.0.0");
        await FailsAsync("3.0.0", "not_found", "unsupported function: which version 3.0.0");
        await FailsAsync("2.0", "not_found", "unsupported function: which version 2.0");
        Assert.Equal("2.0.0", await LatestAsync());

        // Off: neither by its version nor as the highest.
        await SwitchAsync(HttpMethod.Post, "2.0.0/disable", 204);
        await FailsAsync("2.0.0", "disabled", "disabled function: which version 2.0.0");
        await AnswersAsync(null, "2.0.0-rc.1");
        Assert.Equal("2.0.0-rc.1", await LatestAsync());
        await SwitchAsync(HttpMethod.Post, "2.0.0-rc.1/disable", 204);
        await AnswersAsync(null, "1.10.0");

        await SwitchAsync(HttpMethod.Post, "2.0.0/enable", 204);
        await AnswersAsync(null, "2.0.0");
        await AnswersAsync("2.0.0", "2.0.0");

        await SwitchAsync(HttpMethod.Delete, "2.0.0", 204);
        await FailsAsync("2.0.0", "not_found", "unsupported function");
        await AnswersAsync(null, "1.10.0");
        await SwitchAsync(HttpMethod.Delete, "2.0.0", 404);
        await SwitchAsync(HttpMethod.Post, "2.0.0/enable", 404);
        await SwitchAsync(HttpMethod.Post, "9.9.9/disable", 404);

        // All off.
        await SwitchAsync(HttpMethod.Post, "1.9.0/disable", 204);
        await SwitchAsync(HttpMethod.Post, "1.10.0/disable", 204);
        await FailsAsync(null, "disabled", "disabled function: which");
        Assert.Null(await LatestAsync());
        await SwitchAsync(HttpMethod.Post, "1.9.0/enable", 204);
        await AnswersAsync(null, "1.9.0");

        async Task AnswersAsync(string? version, string expected) =>
            (await caller.CallAsync(Functions.Service, "which", "{}", ResponseType.Sync, version)).Final.AssertResult($"\"{expected}\"");

        async Task FailsAsync(string? version, string code, string words) =>
            (await caller.CallAsync(Functions.Service, "which", "{}", ResponseType.Sync, version)).Final.AssertFailed(code, words);

        async Task SwitchAsync(HttpMethod method, string path, int status) =>
            Assert.Equal(status, (await cluster.Api.AdminAsync(method, $"/admin/functions/{Functions.Service}/which/{path}")).Status);

        async Task<string?> LatestAsync()
        {
            var answer = await cluster.Api.AdminAsync(HttpMethod.Get, $"/admin/functions/{Functions.Service}/which/latest");
            return answer.Status == 404 ? null : answer.Body.GetProperty("version").GetString();
        }
    }

    [Fact]
    public async Task The_unversioned_function_answers_calls_without_a_version()
    {
        await using var cluster = await Cluster.StartAsync(new ClusterOptions { Nodes = ["a"] });
        await cluster.PushAsync("mixed", """
            {"request_type":"f","function":"add","arg_types":{"a":"num"},"fixed_args":{"b":0}},
            {"request_type":"f","version":"9.0.0","function":"add","arg_types":{"a":"num"},"fixed_args":{"b":900}}
            """, "a");
        (await cluster.CallAsync("mixed", "f", """{"a":1}""")).AssertResult("1");
        (await cluster.CallAsync("mixed", "f", """{"a":1}""", "9.0.0")).AssertResult("901");

        Assert.Equal(204, (await cluster.Api.AdminAsync(HttpMethod.Post, "/admin/functions/mixed/f/-/disable")).Status);
        (await cluster.CallAsync("mixed", "f", """{"a":1}""")).AssertResult("901");
        Assert.Equal(204, (await cluster.Api.AdminAsync(HttpMethod.Post, "/admin/functions/mixed/f/-/enable")).Status);
        (await cluster.CallAsync("mixed", "f", """{"a":1}""")).AssertResult("1");
        Assert.Equal(204, (await cluster.Api.AdminAsync(HttpMethod.Delete, "/admin/functions/mixed/f/-")).Status);
        (await cluster.CallAsync("mixed", "f", """{"a":1}""")).AssertResult("901");
    }

    [Fact]
    public async Task A_call_under_way_is_not_disturbed_when_its_function_goes()
    {
        await using var cluster = await Cluster.StartAsync(new ClusterOptions { Nodes = ["a"] });
        await using var hub = await cluster.HubAsync();
        var (key, gate) = cluster.Gates.New();
        var calling = hub.CallAsync(HubWire.Request(Functions.Service, "hold", $$"""{"key":"{{key}}"}""", "r"));
        await Wait.For(gate.Started);
        Assert.Equal(204, (await cluster.Api.AdminAsync(HttpMethod.Delete, $"/admin/functions/{Functions.Service}/hold/-")).Status);
        gate.Release();
        (await Wait.For(calling)).AssertResult("\"a\"");
        (await cluster.CallAsync(Functions.Service, "hold")).AssertFailed("not_found");
    }
}
