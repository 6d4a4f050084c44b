using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Relay;

/// <summary>The embedded store: one gateway, nothing to install. Groups end with the process.</summary>
internal sealed class MemoryGroupStore(TimeProvider time, IOptionsMonitor<GenApiGatewayOptions> options) : IGroupStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Group> _groups = [];
    private readonly Dictionary<string, HashSet<string>> _groupsOfUsers = [];

    public event Action<GroupNotice>? Noticed;

    /// <summary>There is no other gateway.</summary>
    public event Action<string>? UserJoined
    {
        add { }
        remove { }
    }

    private RelayOptions Limits => options.CurrentValue.Relay;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<GroupReply> CreateAsync(string group, GroupType type, string user, CancellationToken cancellationToken) => InTurn(() =>
    {
        if (_groups.ContainsKey(group))
        {
            return new GroupReply(GroupVerdict.Exists);
        }

        if (_groups.Count >= Limits.MaxGroups)
        {
            return new GroupReply(GroupVerdict.TooManyGroups);
        }

        if (IsInTooMany(user))
        {
            return new GroupReply(GroupVerdict.TooManyGroupsOfUser);
        }

        var created = _groups[group] = new Group(group, type, user, Now);
        return Add(created, user, admin: true, MemberState.Active);
    });

    public Task<GroupReply> JoinAsync(string group, string user, CancellationToken cancellationToken) => InTurn(() =>
    {
        if (!_groups.TryGetValue(group, out var found))
        {
            return new GroupReply(GroupVerdict.NotFound);
        }

        if (found.Members.TryGetValue(user, out var member))
        {
            return new GroupReply(GroupVerdict.Done, member.State);
        }

        if (found.Members.Count >= Limits.MaxMembersPerGroup)
        {
            return new GroupReply(GroupVerdict.GroupFull);
        }

        if (IsInTooMany(user))
        {
            return new GroupReply(GroupVerdict.TooManyGroupsOfUser);
        }

        var admin = found.Creator == user;
        return Add(found, user, admin, admin || found.Type == GroupType.Public ? MemberState.Active : MemberState.Pending);
    });

    public Task<GroupReply> LeaveAsync(string group, string user, CancellationToken cancellationToken) => InTurn(() =>
    {
        if (!_groups.TryGetValue(group, out var found))
        {
            return new GroupReply(GroupVerdict.NotFound);
        }

        if (!found.Members.ContainsKey(user))
        {
            return new GroupReply(GroupVerdict.NotMember);
        }

        Remove(found, user);
        return new GroupReply(GroupVerdict.Done);
    });

    public Task<GroupReply> ChangeAsync(MemberChange change, string group, string user, string member, CancellationToken cancellationToken) => InTurn(() =>
    {
        if (!_groups.TryGetValue(group, out var found))
        {
            return new GroupReply(GroupVerdict.NotFound);
        }

        var actor = found.Members.GetValueOrDefault(user);
        if (Forbids(change, found.Type, actor) is { } refused)
        {
            return new GroupReply(refused);
        }

        if (!found.Members.TryGetValue(member, out var target))
        {
            return new GroupReply(GroupVerdict.TargetNotMember);
        }

        if (change != MemberChange.Accept && target.State == MemberState.Pending)
        {
            return new GroupReply(GroupVerdict.TargetPending);
        }

        if (change == MemberChange.Mute && target.Admin)
        {
            return new GroupReply(GroupVerdict.TargetAdmin);
        }

        var state = change switch
        {
            MemberChange.Mute => MemberState.Muted,
            MemberChange.Accept when target.State == MemberState.Muted => MemberState.Muted,
            _ => MemberState.Active,
        };
        if (state != target.State)
        {
            found.Members[member] = target with
            {
                State = state,
                From = target.State == MemberState.Pending ? found.Version + 1 : target.From,
            };
            Changed(found);
        }

        return new GroupReply(GroupVerdict.Done, state);
    });

    public Task<GroupReply> DeleteAsync(string group, string user, CancellationToken cancellationToken) => InTurn(() =>
    {
        if (!_groups.TryGetValue(group, out var found))
        {
            return new GroupReply(GroupVerdict.NotFound);
        }

        if (found.Members.GetValueOrDefault(user) is not { Admin: true })
        {
            return new GroupReply(GroupVerdict.NotAdmin);
        }

        foreach (var member in found.Members.Keys.ToList())
        {
            Remove(found, member);
        }

        return new GroupReply(GroupVerdict.Done);
    });

    public Task<GroupReply> SendAsync(string group, string user, string messageId, byte[] message, CancellationToken cancellationToken) => InTurn(() =>
    {
        if (!_groups.TryGetValue(group, out var found))
        {
            return new GroupReply(GroupVerdict.NotFound);
        }

        switch (found.Members.GetValueOrDefault(user)?.State)
        {
            case null:
                return new GroupReply(GroupVerdict.NotMember);
            case MemberState.Pending:
                return new GroupReply(GroupVerdict.Pending);
            case MemberState.Muted:
                return new GroupReply(GroupVerdict.Muted);
        }

        Noticed?.Invoke(new GroupNotice(NoticeKind.Message, group, found.Incarnation, found.Version, messageId, message));
        return new GroupReply(GroupVerdict.Done, MemberState.Active, found.Members.Values.Count(member => member.State != MemberState.Pending));
    });

    public Task<StoredGroup?> LoadAsync(string group, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_groups.TryGetValue(group, out var found)
                ? new StoredGroup(group, found.Type, found.Incarnation, found.Version, found.Creator, found.Created, [.. found.Members.Values])
                : null);
        }
    }

    /// <summary>Memory loses nothing before the process ends.</summary>
    public Task<string> EpochAsync(CancellationToken cancellationToken) => Task.FromResult("");

    public Task<IReadOnlyList<string>> AttachAsync(string user, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<string>>(_groupsOfUsers.TryGetValue(user, out var groups) ? [.. groups] : []);
        }
    }

    public Task DetachAsync(string user, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var group in _groupsOfUsers.TryGetValue(user, out var groups) ? groups.ToList() : [])
            {
                Remove(_groups[group], user);
            }
        }

        return Task.CompletedTask;
    }

    public Task DetachAsync(string user, string group, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_groups.TryGetValue(group, out var found) && found.Members.ContainsKey(user))
            {
                Remove(found, user);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>What the rules say against a change of another member, before it is known who that is.</summary>
    private static GroupVerdict? Forbids(MemberChange change, GroupType type, StoredMember? actor) => (change, type) switch
    {
        (MemberChange.Accept, GroupType.Public) => GroupVerdict.NobodyPending,
        (MemberChange.Accept, GroupType.Private) when actor is null => GroupVerdict.NotMember,
        (MemberChange.Accept, GroupType.Private) => actor!.State == MemberState.Pending ? GroupVerdict.Pending : null,
        (not MemberChange.Accept, not GroupType.StrictPrivate) => GroupVerdict.NotStrictPrivate,
        _ => actor is { Admin: true } ? null : GroupVerdict.NotAdmin,
    };

    private bool IsInTooMany(string user) => _groupsOfUsers.TryGetValue(user, out var groups) && groups.Count >= Limits.MaxGroupsPerUser;

    private GroupReply Add(Group group, string user, bool admin, MemberState state)
    {
        group.Members[user] = new StoredMember(user, admin, state, Now, group.Version + 1, IsHere: true);
        if (!_groupsOfUsers.TryGetValue(user, out var groups))
        {
            _groupsOfUsers[user] = groups = [];
        }

        groups.Add(group.Id);
        Changed(group);
        return new GroupReply(GroupVerdict.Done, state);
    }

    private void Remove(Group group, string user)
    {
        group.Members.Remove(user);
        var groups = _groupsOfUsers[user];
        groups.Remove(group.Id);
        if (groups.Count == 0)
        {
            _groupsOfUsers.Remove(user);
        }

        if (group.Members.Count > 0)
        {
            Changed(group);
        }
        else
        {
            _groups.Remove(group.Id);
            Notice(NoticeKind.Ended, group);
        }
    }

    private void Changed(Group group)
    {
        group.Version++;
        Notice(NoticeKind.Changed, group);
    }

    private void Notice(NoticeKind kind, Group group) => Noticed?.Invoke(new GroupNotice(kind, group.Id, group.Incarnation, group.Version, "", default));

    private Task<GroupReply> InTurn(Func<GroupReply> step)
    {
        lock (_gate)
        {
            return Task.FromResult(step());
        }
    }

    private sealed class Group(string id, GroupType type, string creator, long created)
    {
        public string Id => id;

        public GroupType Type => type;

        public string Creator => creator;

        public long Created => created;

        public string Incarnation { get; } = Guid.NewGuid().ToString("N");

        public long Version { get; set; }

        public Dictionary<string, StoredMember> Members { get; } = [];
    }
}
