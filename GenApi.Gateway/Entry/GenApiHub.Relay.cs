using GenApi.Gateway.Relay;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Entry;

/// <summary>Groups. Arguments are taken as their bytes, so that wrong ones get an answer too.</summary>
internal sealed partial class GenApiHub
{
    /// <summary>Creates a group with the caller as its admin. Types: public, private, strict_private.</summary>
    public Task<CallResponse> CreateGroup(RawJson groupId, RawJson groupType, RelayDoor relay) =>
        relay.CreateAsync(Member, groupId, groupType, Context.ConnectionAborted);

    /// <summary>Puts the caller into a group, or in line for it.</summary>
    public Task<CallResponse> JoinGroup(RawJson groupId, RelayDoor relay) => relay.JoinAsync(Member, groupId, Context.ConnectionAborted);

    /// <summary>Takes the caller out of a group, with all connections.</summary>
    public Task<CallResponse> LeaveGroup(RawJson groupId, RelayDoor relay) => relay.LeaveAsync(Member, groupId, Context.ConnectionAborted);

    /// <summary>Makes a pending member active.</summary>
    public Task<CallResponse> AcceptMember(RawJson groupId, RawJson userId, RelayDoor relay) =>
        relay.ChangeAsync(MemberChange.Accept, Member, groupId, userId, Context.ConnectionAborted);

    /// <summary>Lets a member receive only.</summary>
    public Task<CallResponse> MuteMember(RawJson groupId, RawJson userId, RelayDoor relay) =>
        relay.ChangeAsync(MemberChange.Mute, Member, groupId, userId, Context.ConnectionAborted);

    /// <summary>Lets a muted member send again.</summary>
    public Task<CallResponse> UnmuteMember(RawJson groupId, RawJson userId, RelayDoor relay) =>
        relay.ChangeAsync(MemberChange.Unmute, Member, groupId, userId, Context.ConnectionAborted);

    /// <summary>A group and its members.</summary>
    public Task<CallResponse> GroupInfo(RawJson groupId, RelayDoor relay) => relay.InfoAsync(Member, groupId, Context.ConnectionAborted);

    /// <summary>Ends a group.</summary>
    public Task<CallResponse> DeleteGroup(RawJson groupId, RelayDoor relay) => relay.DeleteAsync(Member, groupId, Context.ConnectionAborted);

    /// <summary>Sends a message to a group.</summary>
    public Task<CallResponse> Relay(RawJson groupId, RawJson message, RelayDoor relay) => relay.RelayAsync(Member, Own.Caller, groupId, message, Context.ConnectionAborted);

    /// <summary>The caller as groups know them; null: unverified.</summary>
    private RelayConnection? Member => Context.Features.Get<RelayConnection>();
}
