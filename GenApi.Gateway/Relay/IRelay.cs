using GenApi.Protocol.Json;

namespace GenApi.Gateway.Relay;

/// <summary>
/// Groups of users that relay messages to one another, for code that runs in the gateway: hooks, local functions, hosted
/// services. Who acts is named by the caller, and not verified here. Every method throws <see cref="RelayException"/> when the
/// group's rules forbid it, when there is no such group, when an id or a message is not valid, and when the store is away.
/// </summary>
public interface IRelay
{
    /// <summary>Creates a group. Its creator is its admin and active.</summary>
    /// <param name="groupId">Its id: 1 to 128 bytes of UTF-8, no control characters.</param>
    /// <param name="type">Its type, for as long as it exists.</param>
    /// <param name="userId">The creator.</param>
    /// <param name="cancellationToken">Gives up waiting; the group may exist all the same.</param>
    Task<RelayAnswer> CreateAsync(string groupId, GroupType type, string userId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Puts a user into a group, or in line for it. Nothing changes for a member. A user without any connection leaves again
    /// after the grace period.
    /// </summary>
    Task<RelayAnswer> JoinAsync(string groupId, string userId, CancellationToken cancellationToken = default);

    /// <summary>Takes a member out of a group. A group without members ends.</summary>
    Task<RelayAnswer> LeaveAsync(string groupId, string userId, CancellationToken cancellationToken = default);

    /// <summary>Makes a pending member active.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="userId">Who does it.</param>
    /// <param name="memberId">The member it is done to.</param>
    /// <param name="cancellationToken">Gives up waiting; it may be done all the same.</param>
    Task<RelayAnswer> AcceptAsync(string groupId, string userId, string memberId, CancellationToken cancellationToken = default);

    /// <summary>Lets a member of a strict_private group receive only. Parameters as in <see cref="AcceptAsync"/>.</summary>
    Task<RelayAnswer> MuteAsync(string groupId, string userId, string memberId, CancellationToken cancellationToken = default);

    /// <summary>Lets a muted member send again. Parameters as in <see cref="AcceptAsync"/>.</summary>
    Task<RelayAnswer> UnmuteAsync(string groupId, string userId, string memberId, CancellationToken cancellationToken = default);

    /// <summary>The group and its members. A group that is not public tells its active and muted members only.</summary>
    Task<GroupInfo> InfoAsync(string groupId, string userId, CancellationToken cancellationToken = default);

    /// <summary>Ends a group. Only its admin may.</summary>
    Task<RelayAnswer> DeleteAsync(string groupId, string userId, CancellationToken cancellationToken = default);

    /// <summary>Sends a message to all active and muted members, the sender among them.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="userId">The sender.</param>
    /// <param name="message">Any JSON value.</param>
    /// <param name="cancellationToken">Gives up waiting; the message may be sent all the same.</param>
    Task<RelayedMessage> RelayAsync(string groupId, string userId, RawJson message, CancellationToken cancellationToken = default);
}
