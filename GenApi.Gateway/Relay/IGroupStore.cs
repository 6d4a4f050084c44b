namespace GenApi.Gateway.Relay;

/// <summary>
/// Where groups are kept. Each change is one step for all gateways. Throws <see cref="Storage.StorageUnavailableException"/>
/// while the store is away; what was asked may have been done then, and asking again does no harm but for messages.
/// </summary>
internal interface IGroupStore
{
    /// <summary>Told of messages and changes in groups with members on this gateway, in the order in which they happened. Must not wait.</summary>
    event Action<GroupNotice>? Noticed;

    /// <summary>Told of users who have joined a group on another gateway. Must not wait.</summary>
    event Action<string>? UserJoined;

    Task StartAsync(CancellationToken cancellationToken);

    Task<GroupReply> CreateAsync(string group, GroupType type, string user, CancellationToken cancellationToken);

    Task<GroupReply> JoinAsync(string group, string user, CancellationToken cancellationToken);

    Task<GroupReply> LeaveAsync(string group, string user, CancellationToken cancellationToken);

    /// <summary>Accepts, mutes or unmutes a member.</summary>
    Task<GroupReply> ChangeAsync(MemberChange change, string group, string user, string member, CancellationToken cancellationToken);

    Task<GroupReply> DeleteAsync(string group, string user, CancellationToken cancellationToken);

    /// <summary>Has a message sent to the members, if the user may send.</summary>
    Task<GroupReply> SendAsync(string group, string user, string messageId, byte[] message, CancellationToken cancellationToken);

    /// <summary>The group; null: there is none.</summary>
    Task<StoredGroup?> LoadAsync(string group, CancellationToken cancellationToken);

    /// <summary>A word that is the same for as long as the store keeps its data; see <see cref="Storage.RedisEpoch"/>.</summary>
    Task<string> EpochAsync(CancellationToken cancellationToken);

    /// <summary>The user is connected to this gateway: messages of their groups must come here.</summary>
    /// <returns>Those groups.</returns>
    Task<IReadOnlyList<string>> AttachAsync(string user, CancellationToken cancellationToken);

    /// <summary>The user has no connection to this gateway any more. They leave their groups, unless another gateway has them.</summary>
    Task DetachAsync(string user, CancellationToken cancellationToken);

    /// <summary>As <see cref="DetachAsync(string, CancellationToken)"/>, for one group.</summary>
    Task DetachAsync(string user, string group, CancellationToken cancellationToken);
}

/// <summary>What is done to a member by another.</summary>
internal enum MemberChange
{
    Accept,
    Mute,
    Unmute,
}

/// <summary>What happens to a group.</summary>
internal enum NoticeKind
{
    /// <summary>A message was sent.</summary>
    Message,

    /// <summary>Members came, went or changed.</summary>
    Changed,

    /// <summary>The group has ended.</summary>
    Ended,
}

/// <summary>Something that happened to a group.</summary>
/// <param name="Kind">What.</param>
/// <param name="Group">The group's id.</param>
/// <param name="Incarnation">Tells the group from an earlier or later one of the same id.</param>
/// <param name="Version">The state of the membership at that moment; see <see cref="StoredGroup.Version"/>.</param>
/// <param name="MessageId">The message's id.</param>
/// <param name="Message">The message as members get it, in JSON.</param>
internal sealed record GroupNotice(NoticeKind Kind, string Group, string Incarnation, long Version, string MessageId, ReadOnlyMemory<byte> Message);

/// <summary>A group as it is stored.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its type.</param>
/// <param name="Incarnation">Tells it from an earlier or later one of the same id.</param>
/// <param name="Version">Grows whenever a member comes, goes or changes state.</param>
/// <param name="Creator">Who created it.</param>
/// <param name="Created">When, in milliseconds since 1970.</param>
/// <param name="Members">Its members.</param>
internal sealed record StoredGroup(string Id, GroupType Type, string Incarnation, long Version, string Creator, long Created, IReadOnlyList<StoredMember> Members)
{
    public StoredMember? Find(string user)
    {
        foreach (var member in Members)
        {
            if (member.User == user)
            {
                return member;
            }
        }

        return null;
    }
}

/// <summary>A member as it is stored.</summary>
/// <param name="User">The user.</param>
/// <param name="Admin">Whether they are the admin.</param>
/// <param name="State">What they may do.</param>
/// <param name="Joined">Since when they have been in the group, in milliseconds since 1970.</param>
/// <param name="From">The version of the group from which on they receive, unless they are pending.</param>
/// <param name="IsHere">Whether messages for them come to this gateway.</param>
internal sealed record StoredMember(string User, bool Admin, MemberState State, long Joined, long From, bool IsHere);
