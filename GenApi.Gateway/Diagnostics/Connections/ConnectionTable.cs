using System.Collections.Concurrent;
using GenApi.Gateway.Diagnostics.Tracing;
using GenApi.Gateway.Relay;

namespace GenApi.Gateway.Diagnostics.Connections;

/// <summary>The clients' connections to the hub of this gateway, for diagnostics.</summary>
internal sealed class ConnectionTable
{
    private readonly ConcurrentDictionary<string, Entry> _open = new();

    public int Count => _open.Count;

    /// <summary>Those that are open, each with its queue of relayed messages; null: its user is not verified, so that there is none.</summary>
    public IEnumerable<(ClientConnection Connection, RelayConnection? Relay)> All => _open.Values.Select(entry => (entry.Connection, entry.Relay));

    public void Add(ClientConnection connection, RelayConnection? relay) => _open[connection.Id] = new Entry(connection, relay);

    public void Remove(ClientConnection connection) => _open.TryRemove(connection.Id, out _);

    private readonly record struct Entry(ClientConnection Connection, RelayConnection? Relay);
}
