using System.Text.Json;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Testing.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace GenApi.Gateway.Tests.Clients;

/// <summary>Speaks SignalR to the gateway by the .NET client.</summary>
internal sealed class HubClient : IAsyncDisposable
{
    private readonly HubConnection _connection;

    private HubClient(HubConnection connection) => _connection = connection;

    public static async Task<HubClient> ConnectAsync(TestCluster cluster, string? token, bool byQuery = false) =>
        new(await HubClients.ConnectAsync(cluster.Gateway.Address, token, byQuery));

    public Task<Answer> CallAsync(string function, string args = "{}", string? version = null, string service = TestFunctions.Service, string requestId = "r1") =>
        SendAsync(Request(service, function, args, version, requestId));

    /// <summary>Calls with any JSON value as the request.</summary>
    public async Task<Answer> SendAsync(string request)
    {
        var body = await _connection.InvokeAsync<JsonElement>("Call", JsonDocument.Parse(request).RootElement, Wait.Ended).WaitAsync(Wait.Patience, Wait.Ended);
        return new Answer(0, body);
    }

    /// <summary>Calls by the hub's method <c>Stream</c>. Every answer of the stream.</summary>
    public async Task<IReadOnlyList<Answer>> StreamAsync(string function, string args = "{}", string service = TestFunctions.Service)
    {
        var answers = new List<Answer>();
        await foreach (var body in _connection.StreamAsync<JsonElement>("Stream", JsonDocument.Parse(Request(service, function, args)).RootElement, Wait.Ended))
        {
            answers.Add(new Answer(0, body));
        }

        return answers;
    }

    public static string Request(string service, string function, string args, string? version = null, string requestId = "r1", string more = "") =>
        $$"""
        {"service":"{{service}}","request_type":"{{function}}","request_id":"{{requestId}}","version":{{(version is null ? "null" : $"\"{version}\"")}},"args":{{args}}{{more}}}
        """;

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
