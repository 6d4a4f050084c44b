using System.Diagnostics;
using System.Text.Json;
using GenApi.Cluster.Tests.Running;
using GenApi.Testing.Processes;

namespace GenApi.Cluster.Tests;

/// <summary>The OpenAPI document as others see it: tools from npm that know nothing of GenApi.</summary>
[Collection(SharedCluster.Name)]
public sealed class OpenApiTests(RunningCluster cluster) : ClusterTest(cluster)
{
    [JavaScriptFact]
    public async Task The_document_is_valid_and_a_client_generated_from_it_calls_echo()
    {
        var answer = await RunAsync(Cluster.AppHost.Gateway.ToString(), await Cluster.Http.CreateTokenAsync("alice", Cancellation));

        Assert.True(answer.GetProperty("valid").GetBoolean(), answer.TryGetProperty("errors", out var errors) ? errors.GetRawText() : "invalid");
        Assert.Equal("3.1", answer.GetProperty("version").GetString());
        var calls = answer.GetProperty("calls");
        Assert.Equal(
            ("generated-1", "Grüße from a generated client"),
            (calls.GetProperty("echo").GetProperty("request_id").GetString(), calls.GetProperty("echo").GetProperty("result").GetProperty("message").GetString()));
        Assert.Equal(200, calls.GetProperty("post").GetInt32());
        Assert.Equal("permission_denied", calls.GetProperty("denied").GetString());
        Assert.Equal("function_error", calls.GetProperty("failed").GetString());
        Assert.Equal("invalid_arguments", calls.GetProperty("wrong").GetString());
        Assert.Equal(422, calls.GetProperty("missing").GetInt32());
        Assert.Equal(200, calls.GetProperty("report").GetInt32());
    }

    [ClusterFact]
    public async Task In_development_everybody_may_read_it()
    {
        Assert.Equal(200, await Cluster.Http.GetStatusAsync(new Uri(Cluster.AppHost.Gateway, "/openapi/v1.json"), null, Cancellation));
        Assert.Equal(200, await Cluster.Http.GetStatusAsync(new Uri(Cluster.AppHost.Gateway, "/api/examples"), null, Cancellation));
    }

    private static async Task<JsonElement> RunAsync(string gateway, string token)
    {
        var start = new ProcessStartInfo(Programs.Find("node")!, ["openapi.mjs", gateway, token])
        {
            WorkingDirectory = Machine.JavaScriptFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The cluster is on this machine: a proxy from the environment must not come between.
        start.Environment["NO_PROXY"] = "*";
        start.Environment["no_proxy"] = "*";
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(Cancellation);
            var errors = process.StandardError.ReadToEndAsync(Cancellation);
            await process.WaitForExitAsync(Cancellation).WaitAsync(TimeSpan.FromMinutes(2), Cancellation);
            Assert.True(process.ExitCode == 0, $"openapi.mjs ended with {process.ExitCode}: {await errors}");
            return JsonElement.Parse(await output);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
