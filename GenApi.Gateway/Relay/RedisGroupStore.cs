using System.Buffers.Text;
using System.Globalization;
using System.Text;
using GenApi.Gateway.Gateways;
using GenApi.Gateway.Storage;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace GenApi.Gateway.Relay;

/// <summary>
/// Groups shared by all gateways. <c>genapi:group:ID</c> is the one truth about a group; <c>genapi:groups</c> and
/// <c>genapi:relay:user:USER</c> are only ways to find them, and may for moments name a group that is not.
/// </summary>
internal sealed class RedisGroupStore(RedisConnection redis, RedisEpoch epoch, GatewayIdentity identity, TimeProvider time, IOptionsMonitor<GenApiGatewayOptions> options) : IGroupStore
{
    /// <summary>The groups there are.</summary>
    public static readonly RedisKey GroupsKey = "genapi:groups";

    private const string JoinsChannel = "genapi:relay";


    public event Action<GroupNotice>? Noticed;

    public event Action<string>? UserJoined;

    private RelayOptions Limits => options.CurrentValue.Relay;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public static RedisKey GroupKey(string group) => $"genapi:group:{group}";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await redis.SubscribeAsync($"genapi:relay:{identity.Id}", message => Heard((byte[]?)message), cancellationToken).ConfigureAwait(false);
        await redis.SubscribeAsync(JoinsChannel, message => HeardOfJoin((string?)message), cancellationToken).ConfigureAwait(false);
    }

    public async Task<GroupReply> CreateAsync(string group, GroupType type, string user, CancellationToken cancellationToken)
    {
        if (await redis.RunAsync(database => database.SetLengthAsync(GroupsKey), cancellationToken).ConfigureAwait(false) >= Limits.MaxGroups)
        {
            return new GroupReply(await ExistsAsync(group, cancellationToken).ConfigureAwait(false) ? GroupVerdict.Exists : GroupVerdict.TooManyGroups);
        }

        if (!await NoteAsync(user, group, cancellationToken).ConfigureAwait(false))
        {
            return new GroupReply(GroupVerdict.TooManyGroupsOfUser);
        }

        // Before, so that no group is ever missing there, and after, in case it was taken for an old one and removed.
        await NoteGroupAsync(group, cancellationToken).ConfigureAwait(false);
        var answer = await RunAsync(
            GroupScripts.Create,
            group,
            [GroupTypes.NameOf(type), user, identity.Id, Now, Guid.NewGuid().ToString("N")],
            cancellationToken).ConfigureAwait(false);
        var reply = Reply(answer);
        await (reply.Verdict == GroupVerdict.Done
            ? NoteGroupAsync(group, cancellationToken)
            : UnnoteStrangerAsync(user, group, cancellationToken)).ConfigureAwait(false);
        await AnnounceAsync(user, group, reply, cancellationToken).ConfigureAwait(false);
        return reply;
    }

    public async Task<GroupReply> JoinAsync(string group, string user, CancellationToken cancellationToken)
    {
        if (!await NoteAsync(user, group, cancellationToken).ConfigureAwait(false))
        {
            return new GroupReply(await ExistsAsync(group, cancellationToken).ConfigureAwait(false) ? GroupVerdict.TooManyGroupsOfUser : GroupVerdict.NotFound);
        }

        var answer = await RunAsync(GroupScripts.Join, group, [user, identity.Id, Now, Limits.MaxMembersPerGroup], cancellationToken).ConfigureAwait(false);
        var reply = Reply(answer);
        if (reply.Verdict != GroupVerdict.Done)
        {
            await UnnoteAsync(user, group, cancellationToken).ConfigureAwait(false);
        }

        await AnnounceAsync(user, group, reply, cancellationToken).ConfigureAwait(false);
        return reply;
    }

    public async Task<GroupReply> LeaveAsync(string group, string user, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(GroupScripts.Leave, group, [user], cancellationToken).ConfigureAwait(false);
        if (Reply(answer) is { Verdict: GroupVerdict.Done } done)
        {
            await UnnoteAsync(user, group, cancellationToken).ConfigureAwait(false);
            if ((int)answer[2] == 1)
            {
                await UnnoteGroupAsync(group, cancellationToken).ConfigureAwait(false);
            }

            return done;
        }

        return Reply(answer);
    }

    public async Task<GroupReply> ChangeAsync(MemberChange change, string group, string user, string member, CancellationToken cancellationToken)
    {
        var what = change switch
        {
            MemberChange.Accept => "accept",
            MemberChange.Mute => "mute",
            _ => "unmute",
        };
        return Reply(await RunAsync(GroupScripts.Change, group, [what, user, member], cancellationToken).ConfigureAwait(false));
    }

    public async Task<GroupReply> DeleteAsync(string group, string user, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(GroupScripts.Delete, group, [user], cancellationToken).ConfigureAwait(false);
        var reply = Reply(answer);
        if (reply.Verdict == GroupVerdict.Done)
        {
            await UnnoteGroupAsync(group, cancellationToken).ConfigureAwait(false);
            await UnnoteAsync(answer.Skip(2).Select(member => (string)member!), group, cancellationToken).ConfigureAwait(false);
        }

        return reply;
    }

    public async Task<GroupReply> SendAsync(string group, string user, string messageId, byte[] message, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(GroupScripts.Send, group, [user, messageId, message], cancellationToken).ConfigureAwait(false);
        return Reply(answer) with { Recipients = (int)answer[2] };
    }

    public async Task<StoredGroup?> LoadAsync(string group, CancellationToken cancellationToken)
    {
        var fields = await redis.RunAsync(database => database.HashGetAllAsync(GroupKey(group)), cancellationToken).ConfigureAwait(false);
        string? type = null, incarnation = null, creator = null;
        long version = 0, created = 0;
        var members = new List<StoredMember>(fields.Length);
        foreach (var field in fields)
        {
            var name = (string)field.Name!;
            switch (name)
            {
                case "type":
                    type = field.Value;
                    break;
                case "id":
                    incarnation = field.Value;
                    break;
                case "version":
                    version = (long)field.Value;
                    break;
                case "creator":
                    creator = field.Value;
                    break;
                case "created":
                    created = (long)field.Value;
                    break;
                case var _ when name.StartsWith("u:", StringComparison.Ordinal):
                    members.Add(Member(name[2..], (string)field.Value!));
                    break;
            }
        }

        return GroupTypes.Find(type) is { } known && incarnation is not null && creator is not null
            ? new StoredGroup(group, known, incarnation, version, creator, created, members)
            : null;
    }

    public Task<string> EpochAsync(CancellationToken cancellationToken) => epoch.CurrentAsync(cancellationToken);

    public async Task<IReadOnlyList<string>> AttachAsync(string user, CancellationToken cancellationToken)
    {
        var attached = new List<string>();
        foreach (var group in await GroupsOfAsync(user, cancellationToken).ConfigureAwait(false))
        {
            var isMember = (int)await redis.EvaluateAsync(GroupScripts.Attach, [GroupKey(group)], [group, user, identity.Id], cancellationToken).ConfigureAwait(false) == 1;
            if (isMember)
            {
                attached.Add(group);
            }
            else
            {
                await UnnoteStrangerAsync(user, group, cancellationToken).ConfigureAwait(false);
            }
        }

        return attached;
    }

    public async Task DetachAsync(string user, CancellationToken cancellationToken)
    {
        foreach (var group in await GroupsOfAsync(user, cancellationToken).ConfigureAwait(false))
        {
            await DetachAsync(user, group, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task DetachAsync(string user, string group, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(GroupScripts.Detach, group, [user, identity.Id], cancellationToken).ConfigureAwait(false);
        if ((int)answer[0] == 1)
        {
            await UnnoteAsync(user, group, cancellationToken).ConfigureAwait(false);
        }

        if ((int)answer[1] == 1)
        {
            await UnnoteGroupAsync(group, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The ids of all groups.</summary>
    public async Task<IReadOnlyList<string>> GroupsAsync(CancellationToken cancellationToken) =>
        [.. (await redis.RunAsync(database => database.SetMembersAsync(GroupsKey), cancellationToken).ConfigureAwait(false)).Select(group => (string)group!)];

    /// <summary>Whether a group has members at this gateway, as far as Redis knows.</summary>
    public async Task<bool> IsHereAsync(string group, CancellationToken cancellationToken) =>
        ((string?)await redis.RunAsync(database => database.HashGetAsync(GroupKey(group), "gateways"), cancellationToken).ConfigureAwait(false))
            ?.Contains($",{identity.Id}=", StringComparison.Ordinal) == true;

    /// <summary>Removes a gateway that is gone from a group, and the members who were there and nowhere else.</summary>
    public async Task ForgetAsync(string gateway, string group, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(GroupScripts.Forget, group, [gateway], cancellationToken).ConfigureAwait(false);
        await UnnoteAsync(answer.Skip(1).Select(user => (string)user!), group, cancellationToken).ConfigureAwait(false);
        if ((string?)answer[0] == "1")
        {
            await UnnoteGroupAsync(group, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stores what this gateway knows of a group again, with the members who are here.</summary>
    public async Task PutBackAsync(StoredGroup group, IReadOnlyList<StoredMember> members, CancellationToken cancellationToken)
    {
        await NoteGroupAsync(group.Id, cancellationToken).ConfigureAwait(false);
        List<RedisValue> arguments = [identity.Id, GroupTypes.NameOf(group.Type), group.Incarnation, group.Version, group.Creator, group.Created];
        foreach (var member in members)
        {
            arguments.AddRange([member.User, member.Admin ? "a" : "m", LetterOf(member.State), member.Joined]);
        }

        var done = (int)await redis.EvaluateAsync(GroupScripts.PutBack, [GroupKey(group.Id)], [group.Id, .. arguments], cancellationToken).ConfigureAwait(false);
        foreach (var member in done == 1 ? members : [])
        {
            await NoteAsync(member.User, group.Id, cancellationToken).ConfigureAwait(false);
        }
    }

    private static RedisKey UserKey(string user) => $"genapi:relay:user:{user}";

    private static string LetterOf(MemberState state) => state switch
    {
        MemberState.Active => "A",
        MemberState.Muted => "M",
        _ => "P",
    };

    private static MemberState? StateOf(char letter) => letter switch
    {
        'A' => MemberState.Active,
        'M' => MemberState.Muted,
        'P' => MemberState.Pending,
        _ => null,
    };

    private static GroupReply Reply(RedisResult[] answer) => new(
        Enum.Parse<GroupVerdict>((string)answer[0]!),
        (string?)answer[1] is { Length: 1 } state ? StateOf(state[0]) : null);

    private StoredMember Member(string user, string text)
    {
        var middle = text.IndexOf(':', StringComparison.Ordinal);
        var end = text.IndexOf(',', StringComparison.Ordinal);
        return new StoredMember(
            user,
            text[0] == 'a',
            StateOf(text[1]) ?? MemberState.Pending,
            long.Parse(text.AsSpan(2, middle - 2), CultureInfo.InvariantCulture),
            long.Parse(text.AsSpan(middle + 1, end - middle - 1), CultureInfo.InvariantCulture),
            text.AsSpan(end).Contains($",{identity.Id},", StringComparison.Ordinal));
    }

    /// <summary>Runs a script of a group; its name is the first argument of each.</summary>
    private async Task<RedisResult[]> RunAsync(RedisScript script, string group, RedisValue[] arguments, CancellationToken cancellationToken) =>
        (RedisResult[])(await redis.EvaluateAsync(script, [GroupKey(group)], [group, .. arguments], cancellationToken).ConfigureAwait(false))!;

    private Task<bool> ExistsAsync(string group, CancellationToken cancellationToken) =>
        redis.RunAsync(database => database.KeyExistsAsync(GroupKey(group)), cancellationToken);

    private async Task<IEnumerable<string>> GroupsOfAsync(string user, CancellationToken cancellationToken) =>
        (await redis.RunAsync(database => database.SetMembersAsync(UserKey(user)), cancellationToken).ConfigureAwait(false)).Select(group => (string)group!);

    /// <summary>Notes that a user is in a group. False: they are in too many.</summary>
    private async Task<bool> NoteAsync(string user, string group, CancellationToken cancellationToken) =>
        (int)await redis.EvaluateAsync(GroupScripts.NoteGroup, [UserKey(user)], [group, Limits.MaxGroupsPerUser], cancellationToken).ConfigureAwait(false) == 1;

    private Task<bool> UnnoteAsync(string user, string group, CancellationToken cancellationToken) =>
        redis.RunAsync(database => database.SetRemoveAsync(UserKey(user), group), cancellationToken);

    private async Task UnnoteAsync(IEnumerable<string> users, string group, CancellationToken cancellationToken)
    {
        foreach (var some in users.Chunk(256))
        {
            await Task.WhenAll(some.Select(user => UnnoteAsync(user, group, cancellationToken))).ConfigureAwait(false);
        }
    }

    /// <summary>Forgets a group of a user that they turned out not to be in, unless they have joined it in this moment.</summary>
    private async Task UnnoteStrangerAsync(string user, string group, CancellationToken cancellationToken)
    {
        await UnnoteAsync(user, group, cancellationToken).ConfigureAwait(false);
        if (await redis.RunAsync(database => database.HashExistsAsync(GroupKey(group), $"u:{user}"), cancellationToken).ConfigureAwait(false))
        {
            await redis.RunAsync(database => database.SetAddAsync(UserKey(user), group), cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<bool> NoteGroupAsync(string group, CancellationToken cancellationToken) =>
        redis.RunAsync(database => database.SetAddAsync(GroupsKey, group), cancellationToken);

    private async Task UnnoteGroupAsync(string group, CancellationToken cancellationToken)
    {
        await redis.RunAsync(database => database.SetRemoveAsync(GroupsKey, group), cancellationToken).ConfigureAwait(false);
        if (await ExistsAsync(group, cancellationToken).ConfigureAwait(false))
        {
            // Somebody has created it again in this moment.
            await NoteGroupAsync(group, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The other gateways may have connections of the user, and learn of the group by this.</summary>
    private async Task AnnounceAsync(string user, string group, GroupReply reply, CancellationToken cancellationToken)
    {
        if (reply.Verdict == GroupVerdict.Done)
        {
            // Again, in case it was taken for an old note and removed before the user was in the group.
            await redis.RunAsync(database => database.SetAddAsync(UserKey(user), group), cancellationToken).ConfigureAwait(false);
            await redis.PublishAsync(JoinsChannel, $"{identity.Id} {user}", cancellationToken).ConfigureAwait(false);
        }
    }

    private void HeardOfJoin(string? text)
    {
        if (text?.IndexOf(' ', StringComparison.Ordinal) is { } space and > 0 && text[..space] != identity.Id)
        {
            UserJoined?.Invoke(text[(space + 1)..]);
        }
    }

    /// <summary>Reads <c>KIND ID VERSION LENGTH LENGTH GROUP MESSAGE_ID MESSAGE</c>; only the first five have blanks behind them.</summary>
    private void Heard(byte[]? text)
    {
        var rest = text.AsSpan();
        if (!Word(ref rest, out var kind)
            || !Word(ref rest, out var incarnation)
            || !Number(ref rest, out var version)
            || !Number(ref rest, out var groupLength)
            || !Number(ref rest, out var idLength)
            || groupLength < 0 || idLength < 0 || groupLength + idLength > rest.Length)
        {
            // No gateway of this version has written that.
            return;
        }

        var what = kind switch
        {
            [(byte)'m'] => NoticeKind.Message,
            [(byte)'d'] => NoticeKind.Ended,
            _ => NoticeKind.Changed,
        };
        var group = Encoding.UTF8.GetString(rest[..(int)groupLength]);
        rest = rest[(int)groupLength..];
        var messageId = Encoding.UTF8.GetString(rest[..(int)idLength]);
        rest = rest[(int)idLength..];
        Noticed?.Invoke(new GroupNotice(what, group, Encoding.ASCII.GetString(incarnation), version, messageId, text.AsMemory(text!.Length - rest.Length)));
    }

    private static bool Word(ref Span<byte> rest, out Span<byte> word)
    {
        var end = rest.IndexOf((byte)' ');
        word = end > 0 ? rest[..end] : default;
        rest = end > 0 ? rest[(end + 1)..] : rest;
        return end > 0;
    }

    private static bool Number(ref Span<byte> rest, out long number)
    {
        number = 0;
        return Word(ref rest, out var word) && Utf8Parser.TryParse(word, out number, out var read) && read == word.Length;
    }
}
