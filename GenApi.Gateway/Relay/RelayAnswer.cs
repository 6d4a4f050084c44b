using GenApi.Protocol.Json;

namespace GenApi.Gateway.Relay;

/// <summary>What became of a change to a group.</summary>
/// <param name="Status"><c>created</c>, <c>joined</c>, <c>pending</c>, <c>left</c>, <c>accepted</c>, <c>muted</c>, <c>unmuted</c> or <c>deleted</c>.</param>
/// <param name="GroupId">The group.</param>
/// <param name="UserId">The member that was changed.</param>
/// <param name="State">That member's state from now on; null: they are no member any more.</param>
public sealed record RelayAnswer(string Status, string GroupId, string UserId, MemberState? State);

/// <summary>What became of a message.</summary>
/// <param name="Status">Always <c>relayed</c>.</param>
/// <param name="RecipientsCount">The members that the message is for: the active and the muted ones, the sender among them.</param>
public sealed record RelayedMessage(string Status, int RecipientsCount);

/// <summary>A group, as those see it who may.</summary>
/// <param name="GroupId">The group's id.</param>
/// <param name="GroupType">Its type.</param>
/// <param name="CreatorId">The user who created it. They are its admin whenever they are a member.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="Members">Its members, those who came first at the head.</param>
public sealed record GroupInfo(string GroupId, GroupType GroupType, string CreatorId, DateTimeOffset CreatedAt, IReadOnlyList<GroupMember> Members);

/// <summary>A member of a group.</summary>
/// <param name="UserId">The user.</param>
/// <param name="State">What they may do.</param>
/// <param name="Admin">Whether they are the group's admin.</param>
/// <param name="JoinedAt">Since when they have been in the group, or have been waiting to be.</param>
public sealed record GroupMember(string UserId, MemberState State, bool Admin, DateTimeOffset JoinedAt);

/// <summary>A message as members receive it.</summary>
internal sealed record GroupMessage(string GroupId, string FromUserId, RawJson Message, DateTimeOffset Timestamp);
