using System.Text.Json;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Testing.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace GenApi.Gateway.Tests.Relay;

/// <summary>A hub connection of one user that asks groups for things and keeps the messages it gets.</summary>
internal sealed class RelayClient : IAsyncDisposable
{
    private readonly HubConnection _connection;
    private readonly Lock _gate = new();
    private readonly List<JsonElement> _received = [];

    private RelayClient(HubConnection connection, string userId)
    {
        _connection = connection;
        UserId = userId;
        connection.On<JsonElement>("genapi", response =>
        {
            lock (_gate)
            {
                _received.Add(response);
            }
        });
    }

    public string UserId { get; }

    /// <summary>The events so far, as they came.</summary>
    public IReadOnlyList<JsonElement> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _received];
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _received.Count;
            }
        }
    }

    /// <summary>The texts of the messages so far.</summary>
    public IReadOnlyList<string> Messages => [.. Events.Select(response => response.GetProperty("result").GetProperty("message").ToString())];

    public static async Task<RelayClient> ConnectAsync(TestCluster cluster, string userId) =>
        await ConnectAsync(cluster.Gateway.Address, await cluster.Api.TokenAsync(userId), userId);

    public static async Task<RelayClient> ConnectAsync(Uri gateway, string? token, string userId)
    {
        var client = new RelayClient(HubClients.To(gateway, token), userId);
        await client._connection.StartAsync(Wait.Ended);
        return client;
    }

    public async Task<Answer> AskAsync(string method, params object?[] arguments) =>
        new(0, await _connection.InvokeCoreAsync<JsonElement>(method, arguments, Wait.Ended).WaitAsync(Wait.Patience, Wait.Ended));

    public async Task<Answer> DoAsync(string method, params object?[] arguments)
    {
        var answer = await AskAsync(method, arguments);
        Assert.True(answer.Success, $"{method} of {UserId}: {answer}");
        return answer;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
