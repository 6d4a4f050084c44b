using System.Text.Json;
using System.Text.Json.Nodes;
using GenApi.Testing.Processes;

namespace GenApi.Cluster.Tests.Clients;

/// <summary>The npm package @microsoft/signalr: a client that shares no code with the server. See tests/javascript/client.mjs.</summary>
public sealed class JavaScriptClient : IAsyncDisposable
{
    private readonly JavaScriptProcess _process = JavaScriptProcess.Start("client.mjs");

    private JavaScriptClient()
    {
    }

    /// <summary>What it reports while a loop runs, one JSON object per line.</summary>
    public OutputLog Events => _process.Events;

    /// <summary>Starts it.</summary>
    public static JavaScriptClient Start() => new();

    /// <summary>Opens a connection to the hub.</summary>
    /// <param name="gateway">The gateway's base address.</param>
    /// <param name="token">The client's token; null: none.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="tokenBy">Where the token goes: <c>header</c> or <c>query</c>.</param>
    /// <param name="transport">WebSockets, ServerSentEvents or LongPolling.</param>
    public async Task<JavaScriptConnection> ConnectAsync(
        Uri gateway, string? token, CancellationToken cancellationToken, string tokenBy = "header", string transport = "WebSockets")
    {
        var connection = await CommandAsync(
            "connect",
            new JsonObject { ["url"] = new Uri(gateway, "/genapi").ToString(), ["token"] = token, ["token_by"] = tokenBy, ["transport"] = transport },
            cancellationToken);
        return new JavaScriptConnection(this, connection.GetInt32());
    }

    /// <inheritdoc cref="JavaScriptProcess.CommandAsync" />
    internal Task<JsonElement> CommandAsync(string operation, JsonObject parameters, CancellationToken cancellationToken) =>
        _process.CommandAsync(operation, parameters, cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
