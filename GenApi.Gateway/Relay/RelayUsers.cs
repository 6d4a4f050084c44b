using System.Collections.Concurrent;
using System.Threading.Channels;
using GenApi.Gateway.Storage;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Relay;

/// <summary>
/// The users with connections to this gateway, and those whose grace period runs. The store is told when one has come, and
/// when one has left for good.
/// </summary>
internal sealed partial class RelayUsers(IGroupStore store, TimeProvider time, IOptionsMonitor<GenApiGatewayOptions> options, ILogger<RelayUsers> logger)
    : IDisposable
{
    private const int Workers = 8;
    private const int Stripes = 64;

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, User> _users = new();
    private readonly ConcurrentDictionary<string, byte> _unsettled = new();
    private readonly Channel<User> _toSettle = Channel.CreateUnbounded<User>();
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Told of groups that a user who has come is in. Must not wait.</summary>
    public event Action<string>? GroupIsHere;

    /// <summary>How many there are.</summary>
    public int Count => _users.Count;

    /// <summary>The connections of a user to this gateway.</summary>
    public RelayConnection[] ConnectionsOf(string user) => _users.TryGetValue(user, out var known) ? known.Connections : [];

    /// <summary>Whether the user has a connection here, or had one within the grace period.</summary>
    public bool IsKnown(string user) => _users.ContainsKey(user);

    public void Add(RelayConnection connection)
    {
        User user;
        bool first;
        lock (_gate)
        {
            user = GetOrAdd(connection.UserId);
            user.Connections = [.. user.Connections, connection];
            first = user.Connections.Length == 1;
            user.EndGrace();
        }

        if (first)
        {
            Settle(user);
        }
    }

    public void Remove(RelayConnection connection)
    {
        connection.Close();
        lock (_gate)
        {
            if (!_users.TryGetValue(connection.UserId, out var user))
            {
                return;
            }

            user.Connections = [.. user.Connections.Where(other => other != connection)];
            if (user.Connections.Length == 0)
            {
                BeginGrace(user);
            }
        }
    }

    /// <summary>The user is in a group through this gateway, from now until their last connection has been gone for the grace period.</summary>
    public void Keep(string userId)
    {
        lock (_gate)
        {
            var user = GetOrAdd(userId);
            user.IsInGroups = true;
            if (user.Connections.Length == 0 && (user.Grace is null || user.IsOver))
            {
                BeginGrace(user);
            }
        }
    }

    /// <summary>The user may have come into a group by another gateway.</summary>
    public void LookAgain(string userId)
    {
        if (_users.TryGetValue(userId, out var user) && user.Connections.Length > 0)
        {
            Settle(user);
        }
    }

    /// <summary>Tries again what the store could not be told.</summary>
    public void SettleUnsettled()
    {
        foreach (var userId in _unsettled.Keys)
        {
            if (_unsettled.TryRemove(userId, out _) && _users.TryGetValue(userId, out var user))
            {
                Settle(user);
            }
        }
    }

    /// <summary>Whatever changes a user's groups does so one after the other.</summary>
    /// <returns>Lets the next have its turn.</returns>
    public async ValueTask<Turn> TurnAsync(string userId, CancellationToken cancellationToken)
    {
        var turn = _turns[(uint)userId.GetHashCode(StringComparison.Ordinal) % Stripes];
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Turn(turn);
    }

    /// <summary>Tells the store who has come and gone, until it is stopped.</summary>
    public Task RunAsync(CancellationToken stopping) => Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(stopping)));

    public void Dispose()
    {
        foreach (var turn in _turns)
        {
            turn.Dispose();
        }

        foreach (var user in _users.Values)
        {
            user.EndGrace();
        }
    }

    private User GetOrAdd(string userId) => _users.GetOrAdd(userId, static id => new User(id));

    private void BeginGrace(User user)
    {
        user.EndGrace();
        if (!user.IsInGroups && !user.IsQueued && !_unsettled.ContainsKey(user.Id))
        {
            // In no group: nothing that could be kept.
            _users.TryRemove(user.Id, out _);
            return;
        }

        user.Grace = time.CreateTimer(GraceEnded, user, options.CurrentValue.Relay.GracePeriod, Timeout.InfiniteTimeSpan);
    }

    private void GraceEnded(object? state)
    {
        var user = (User)state!;
        lock (_gate)
        {
            if (user.Connections.Length > 0 || user.Grace is null)
            {
                return;
            }

            user.IsOver = true;
        }

        Settle(user);
    }

    private void Settle(User user)
    {
        lock (_gate)
        {
            if (user.IsQueued)
            {
                return;
            }

            user.IsQueued = true;
        }

        _toSettle.Writer.TryWrite(user);
    }

    private async Task WorkAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var user in _toSettle.Reader.ReadAllAsync(stopping).ConfigureAwait(false))
            {
                await SettleAsync(user, stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway stops. Its members keep their places until the others find out that they do not come back.
        }
    }

    private async Task SettleAsync(User user, CancellationToken stopping)
    {
        using var turn = await TurnAsync(user.Id, stopping).ConfigureAwait(false);
        bool connected, over;
        lock (_gate)
        {
            // From here on, what happens to the user is settled anew.
            user.IsQueued = false;
            connected = user.Connections.Length > 0;
            over = user.IsOver && !connected;
        }

        try
        {
            if (connected)
            {
                var groups = await store.AttachAsync(user.Id, stopping).ConfigureAwait(false);
                lock (_gate)
                {
                    user.IsInGroups |= groups.Count > 0;
                }

                foreach (var group in groups)
                {
                    GroupIsHere?.Invoke(group);
                }
            }
            else if (over)
            {
                await store.DetachAsync(user.Id, stopping).ConfigureAwait(false);
                lock (_gate)
                {
                    user.IsInGroups = false;
                    if (user.Connections.Length == 0 && user.IsOver)
                    {
                        user.EndGrace();
                        _users.TryRemove(KeyValuePair.Create(user.Id, user));
                    }
                }
            }
        }
        catch (StorageUnavailableException)
        {
            _unsettled.TryAdd(user.Id, 0);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.NotSettled(logger, error, user.Id);
            _unsettled.TryAdd(user.Id, 0);
        }
    }

    /// <summary>A user's turn; see <see cref="TurnAsync"/>.</summary>
    internal readonly struct Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }

    private sealed class User(string id)
    {
        private volatile RelayConnection[] _connections = [];

        public string Id => id;

        public RelayConnection[] Connections
        {
            get => _connections;
            set => _connections = value;
        }

        /// <summary>Whether the user may be in groups.</summary>
        public bool IsInGroups { get; set; }

        /// <summary>Whether the store will be told.</summary>
        public bool IsQueued { get; set; }

        /// <summary>Whether the grace period has run out.</summary>
        public bool IsOver { get; set; }

        public ITimer? Grace { get; set; }

        public void EndGrace()
        {
            Grace?.Dispose();
            Grace = null;
            IsOver = false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The groups of user {UserId} could not be brought up to date; it is tried again.")]
        public static partial void NotSettled(ILogger logger, Exception error, string userId);
    }
}
