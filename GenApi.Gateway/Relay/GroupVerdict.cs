using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Relay;

/// <summary>What a group says to what it is asked.</summary>
internal enum GroupVerdict
{
    Done,
    NotFound,
    Exists,
    NotMember,
    Pending,
    Muted,
    NotAdmin,
    NotStrictPrivate,
    NobodyPending,
    TargetNotMember,
    TargetPending,
    TargetAdmin,
    GroupFull,
    TooManyGroups,
    TooManyGroupsOfUser,
}

/// <summary>A verdict, and what it is about.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="State">The changed member's state; null: they are no member.</param>
/// <param name="Recipients">The members that a message is for.</param>
internal readonly record struct GroupReply(GroupVerdict Verdict, MemberState? State = null, int Recipients = 0);

/// <summary>The verdicts as callers read them.</summary>
internal static class GroupErrors
{
    /// <summary>The error that a verdict stands for; null where it stands for none.</summary>
    public static CallError? Of(GroupVerdict verdict) => verdict switch
    {
        GroupVerdict.Done => null,
        GroupVerdict.NotFound => new CallError(ErrorCode.NotFound, "Group not found"),
        GroupVerdict.Exists => Denied("Group already exists"),
        GroupVerdict.NotMember => Denied("Not a member of this group"),
        GroupVerdict.Pending => Denied("Pending membership: wait for acceptance"),
        GroupVerdict.Muted => Denied("You are muted and cannot send messages"),
        GroupVerdict.NotAdmin => Denied("not_admin"),
        GroupVerdict.NotStrictPrivate => Denied("not_strict_private"),
        GroupVerdict.NobodyPending => Denied("Nobody waits for acceptance in a public group"),
        GroupVerdict.TargetNotMember => Denied("The user is not a member of this group"),
        GroupVerdict.TargetPending => Denied("The user is pending: accept them first"),
        GroupVerdict.TargetAdmin => Denied("The admin cannot be muted"),
        GroupVerdict.GroupFull => Denied("The group has as many members as a group may have"),
        GroupVerdict.TooManyGroups => Denied("There are as many groups as there may be"),
        _ => Denied("The user is in as many groups as a user may be"),
    };

    public static CallError Unavailable { get; } = new(ErrorCode.Unavailable, "The groups cannot be reached now; try again.");

    private static CallError Denied(string message) => new(ErrorCode.PermissionDenied, message);
}
