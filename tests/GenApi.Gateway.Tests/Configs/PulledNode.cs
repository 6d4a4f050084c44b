using System.Text.Json;
using GenApi.Gateway.Tests.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace GenApi.Gateway.Tests.Configs;

/// <summary>Answers pulls as a test says. It never pushes.</summary>
internal sealed class PulledNode : IAsyncDisposable
{
    private TestApp _app = null!;
    private int _asked;
    private int _fetched;

    /// <summary>The config version it says.</summary>
    public string Version { get; set; } = "1";

    /// <summary>Its functions, as JSON.</summary>
    public string Functions { get; set; } = """{"request_type":"get"}""";

    /// <summary>Its identity, as JSON; null: its push config names none.</summary>
    public string? Node { get; set; }

    /// <summary>What it does in place of answering; null: it answers.</summary>
    public Func<HttpContext, Task>? Fault { get; set; }

    public string Address => _app.Address.ToString().TrimEnd('/');

    /// <summary>How often it was asked for its version.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>How often its whole config was fetched.</summary>
    public int Fetched => Volatile.Read(ref _fetched);

    /// <summary>The setting that says where it is.</summary>
    public (string, string) Setting => ("GenApi:Pull:Services:0:Nodes:0", Address);

    public static async Task<PulledNode> StartAsync()
    {
        var node = new PulledNode();
        node._app = await TestApp.StartAsync(
            new Dictionary<string, string?>(),
            _ => { },
            app =>
            {
                app.MapGet("/genapi/config/version", http =>
                {
                    Interlocked.Increment(ref node._asked);
                    return node.AnswerAsync(http, JsonSerializer.Serialize(new { config_version = node.Version }));
                });
                app.MapGet("/genapi/config", http =>
                {
                    Interlocked.Increment(ref node._fetched);
                    return node.AnswerAsync(http, $$"""{"service":"pulled","config_version":"{{node.Version}}","fun_configs":[{{node.Functions}}],"node":{{node.Node ?? "null"}}}""");
                });
            });
        return node;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http, string json)
    {
        if (http.Request.Headers.Authorization != $"Bearer {TestCluster.ClusterToken}")
        {
            http.Response.StatusCode = 401;
            return;
        }

        if (Fault is { } fault)
        {
            await fault(http);
            return;
        }

        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(json, http.RequestAborted);
    }
}
