using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using GenApi.Gateway.Storage;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Relay;

/// <summary>What came of asking a group: a value or an error.</summary>
internal readonly record struct Outcome<T>(T? Value, CallError? Error)
    where T : class
{
    public T OrThrow() => Error is null ? Value! : throw new RelayException(Error);
}

/// <summary>Everything that can be done with groups, for all doors.</summary>
internal sealed partial class RelayGroups(
    IGroupStore store,
    RelayUsers users,
    GroupFeeds feeds,
    RelayTelemetry telemetry,
    TimeProvider time,
    IOptionsMonitor<GenApiGatewayOptions> options,
    ILogger<RelayGroups> logger) : IRelay
{
    private const int MaxGroupIdBytes = 128;
    private const int MaxUserIdBytes = 256;

    /// <summary>As in the rest of an answer, letters of all languages stand as they are.</summary>
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public Task<Outcome<RelayAnswer>> CreateAsync(string groupId, GroupType type, string userId, CancellationToken cancellationToken) =>
        EnterAsync(groupId, userId, "created", type, () => store.CreateAsync(groupId, type, userId, cancellationToken), cancellationToken);

    public Task<Outcome<RelayAnswer>> JoinAsync(string groupId, string userId, CancellationToken cancellationToken) =>
        EnterAsync(groupId, userId, "joined", null, () => store.JoinAsync(groupId, userId, cancellationToken), cancellationToken);

    public Task<Outcome<RelayAnswer>> LeaveAsync(string groupId, string userId, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        if (Fault(groupId, userId) is { } fault)
        {
            return new Outcome<RelayAnswer>(null, fault);
        }

        using var turn = await users.TurnAsync(userId, cancellationToken).ConfigureAwait(false);
        return Answer("left", groupId, userId, await store.LeaveAsync(groupId, userId, cancellationToken).ConfigureAwait(false));
    });

    public Task<Outcome<RelayAnswer>> ChangeAsync(MemberChange change, string groupId, string userId, string memberId, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        if ((Fault(groupId, userId) ?? FaultOfUser(memberId)) is { } fault)
        {
            return new Outcome<RelayAnswer>(null, fault);
        }

        var status = change switch
        {
            MemberChange.Accept => "accepted",
            MemberChange.Mute => "muted",
            _ => "unmuted",
        };
        return Answer(status, groupId, memberId, await store.ChangeAsync(change, groupId, userId, memberId, cancellationToken).ConfigureAwait(false));
    });

    public Task<Outcome<RelayAnswer>> DeleteAsync(string groupId, string userId, CancellationToken cancellationToken) => TryAsync(async () =>
        Fault(groupId, userId) is { } fault
            ? new Outcome<RelayAnswer>(null, fault)
            : Answer("deleted", groupId, userId, await store.DeleteAsync(groupId, userId, cancellationToken).ConfigureAwait(false)));

    public Task<Outcome<GroupInfo>> InfoAsync(string groupId, string userId, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        if (Fault(groupId, userId) is { } fault)
        {
            return new Outcome<GroupInfo>(null, fault);
        }

        var group = await store.LoadAsync(groupId, cancellationToken).ConfigureAwait(false);
        var verdict = group switch
        {
            null => GroupVerdict.NotFound,
            { Type: GroupType.Public } => GroupVerdict.Done,
            _ => group.Find(userId)?.State switch
            {
                null => GroupVerdict.NotMember,
                MemberState.Pending => GroupVerdict.Pending,
                _ => GroupVerdict.Done,
            },
        };
        return GroupErrors.Of(verdict) is { } error
            ? new Outcome<GroupInfo>(null, error)
            : new Outcome<GroupInfo>(
                new GroupInfo(
                    groupId,
                    group!.Type,
                    group.Creator,
                    DateTimeOffset.FromUnixTimeMilliseconds(group.Created),
                    [.. group.Members.OrderBy(member => member.Joined).ThenBy(member => member.User, StringComparer.Ordinal).Select(member =>
                        new GroupMember(member.User, member.State, member.Admin, DateTimeOffset.FromUnixTimeMilliseconds(member.Joined)))]),
                null);
    });

    public async Task<Outcome<RelayedMessage>> RelayAsync(string groupId, string userId, RawJson message, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var sent = await TryAsync(async () =>
        {
            if ((Fault(groupId, userId) ?? FaultOfMessage(message)) is { } fault)
            {
                return new Outcome<RelayedMessage>(null, fault);
            }

            // Not the client's own request id: it goes to others, whose own requests may have the same.
            var content = Content(groupId, userId, message);
            var reply = await store.SendAsync(groupId, userId, $"relay-{Guid.NewGuid():N}", content, cancellationToken).ConfigureAwait(false);
            return GroupErrors.Of(reply.Verdict) is { } error
                ? new Outcome<RelayedMessage>(null, error)
                : new Outcome<RelayedMessage>(new RelayedMessage("relayed", reply.Recipients), null);
        }).ConfigureAwait(false);
        telemetry.Sent(groupId, userId, sent, started);
        return sent;
    }

    async Task<RelayAnswer> IRelay.CreateAsync(string groupId, GroupType type, string userId, CancellationToken cancellationToken) =>
        (await CreateAsync(groupId, type, userId, cancellationToken).ConfigureAwait(false)).OrThrow();

    async Task<RelayAnswer> IRelay.JoinAsync(string groupId, string userId, CancellationToken cancellationToken) =>
        (await JoinAsync(groupId, userId, cancellationToken).ConfigureAwait(false)).OrThrow();

    async Task<RelayAnswer> IRelay.LeaveAsync(string groupId, string userId, CancellationToken cancellationToken) =>
        (await LeaveAsync(groupId, userId, cancellationToken).ConfigureAwait(false)).OrThrow();

    async Task<RelayAnswer> IRelay.AcceptAsync(string groupId, string userId, string memberId, CancellationToken cancellationToken) =>
        (await ChangeAsync(MemberChange.Accept, groupId, userId, memberId, cancellationToken).ConfigureAwait(false)).OrThrow();

    async Task<RelayAnswer> IRelay.MuteAsync(string groupId, string userId, string memberId, CancellationToken cancellationToken) =>
        (await ChangeAsync(MemberChange.Mute, groupId, userId, memberId, cancellationToken).ConfigureAwait(false)).OrThrow();

    async Task<RelayAnswer> IRelay.UnmuteAsync(string groupId, string userId, string memberId, CancellationToken cancellationToken) =>
        (await ChangeAsync(MemberChange.Unmute, groupId, userId, memberId, cancellationToken).ConfigureAwait(false)).OrThrow();

    async Task<GroupInfo> IRelay.InfoAsync(string groupId, string userId, CancellationToken cancellationToken) =>
        (await InfoAsync(groupId, userId, cancellationToken).ConfigureAwait(false)).OrThrow();

    async Task<RelayAnswer> IRelay.DeleteAsync(string groupId, string userId, CancellationToken cancellationToken) =>
        (await DeleteAsync(groupId, userId, cancellationToken).ConfigureAwait(false)).OrThrow();

    async Task<RelayedMessage> IRelay.RelayAsync(string groupId, string userId, RawJson message, CancellationToken cancellationToken) =>
        (await RelayAsync(groupId, userId, message, cancellationToken).ConfigureAwait(false)).OrThrow();

    private Outcome<RelayAnswer> Answer(string status, string groupId, string userId, in GroupReply reply, GroupType? type = null)
    {
        if (GroupErrors.Of(reply.Verdict) is { } error)
        {
            return new Outcome<RelayAnswer>(null, error);
        }

        var answer = new RelayAnswer(status, groupId, userId, reply.State);
        telemetry.Changed(answer, type);
        return new Outcome<RelayAnswer>(answer, null);
    }

    private static CallError? Fault(string groupId, string userId) =>
        FaultOfText("group_id", groupId, MaxGroupIdBytes) ?? FaultOfUser(userId);

    private static CallError? FaultOfUser(string userId) => FaultOfText("user_id", userId, MaxUserIdBytes);

    private static CallError? FaultOfText(string name, string? text, int most)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Invalid($"{name} is missing; it must be a non-empty string.");
        }

        if (Encoding.UTF8.GetByteCount(text) > most)
        {
            return Invalid($"{name} must have at most {most} bytes.");
        }

        return text.Any(char.IsControl) || text.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar)
            ? Invalid($"{name} must not have control characters or text that is not Unicode.")
            : null;
    }

    private static CallError Invalid(string message) => new(ErrorCode.InvalidRequest, message);

    private CallError? FaultOfMessage(RawJson message)
    {
        var most = options.CurrentValue.Relay.MaxMessageBytes;
        if (message.Utf8.Length > most)
        {
            return new CallError(ErrorCode.PayloadTooLarge, $"message is larger than {most} bytes.");
        }

        if (message.IsEmpty)
        {
            return Invalid("message is missing; it must be a JSON value.");
        }

        return JsonText.IsUnicode(message.Utf8.Span) ? null : Invalid("message has text that is not valid Unicode.");
    }

    /// <summary>What members get, written once by the gateway of the sender.</summary>
    private byte[] Content(string groupId, string userId, RawJson message)
    {
        var buffer = new ArrayBufferWriter<byte>(message.Utf8.Length + 256);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            var now = time.GetUtcNow().UtcDateTime;
            writer.WriteStartObject();
            writer.WriteString("group_id"u8, groupId);
            writer.WriteString("from_user_id"u8, userId);
            writer.WritePropertyName("message"u8);
            writer.WriteRawValue(message.Utf8.Span, skipInputValidation: true);
            writer.WriteString("timestamp"u8, now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond)));
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private Task<Outcome<RelayAnswer>> EnterAsync(string groupId, string userId, string status, GroupType? type, Func<Task<GroupReply>> enter, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        if (Fault(groupId, userId) is { } fault)
        {
            return new Outcome<RelayAnswer>(null, fault);
        }

        using var turn = await users.TurnAsync(userId, cancellationToken).ConfigureAwait(false);

        // First, so that the user is not left behind in the group when the answer gets lost.
        users.Keep(userId);
        var reply = await enter().ConfigureAwait(false);
        if (reply.Verdict == GroupVerdict.Done)
        {
            feeds.Refresh(groupId);
        }

        return Answer(reply.State == MemberState.Pending ? "pending" : status, groupId, userId, reply, type);
    });

    private async Task<Outcome<T>> TryAsync<T>(Func<Task<Outcome<T>>> step)
        where T : class
    {
        try
        {
            return await step().ConfigureAwait(false);
        }
        catch (StorageUnavailableException error)
        {
            Log.Unavailable(logger, error.Message);
            return new Outcome<T>(null, GroupErrors.Unavailable);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A group could not be reached: {Reason}")]
        public static partial void Unavailable(ILogger logger, string reason);
    }
}
