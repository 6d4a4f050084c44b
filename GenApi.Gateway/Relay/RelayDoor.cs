using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Security;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Relay;

/// <summary>Reads what hub clients ask of groups, and writes the answers: exactly one, whatever happens.</summary>
internal sealed partial class RelayDoor(RelayGroups groups, RateLimiter limiter, IOptions<GenApiGatewayOptions> options, ILogger<RelayDoor> logger)
{
    /// <summary>As in the rest of an answer, letters of all languages stand as they are.</summary>
    private static readonly RelayJson Json = new(new JsonSerializerOptions(RelayJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public Task<CallResponse> CreateAsync(RelayConnection? caller, RawJson groupId, RawJson groupType, CancellationToken gone) => AnswerAsync(
        caller,
        () => Text("group_id", groupId) ?? (GroupTypes.Find(TextOf(groupType)) is null ? Invalid("group_type must be public, private or strict_private.") : null),
        user => groups.CreateAsync(TextOf(groupId)!, GroupTypes.Find(TextOf(groupType))!.Value, user, gone),
        Json.RelayAnswer);

    public Task<CallResponse> JoinAsync(RelayConnection? caller, RawJson groupId, CancellationToken gone) => AnswerAsync(
        caller, () => Text("group_id", groupId), user => groups.JoinAsync(TextOf(groupId)!, user, gone), Json.RelayAnswer);

    public Task<CallResponse> LeaveAsync(RelayConnection? caller, RawJson groupId, CancellationToken gone) => AnswerAsync(
        caller, () => Text("group_id", groupId), user => groups.LeaveAsync(TextOf(groupId)!, user, gone), Json.RelayAnswer);

    public Task<CallResponse> ChangeAsync(MemberChange change, RelayConnection? caller, RawJson groupId, RawJson memberId, CancellationToken gone) => AnswerAsync(
        caller,
        () => Text("group_id", groupId) ?? Text("user_id", memberId),
        user => groups.ChangeAsync(change, TextOf(groupId)!, user, TextOf(memberId)!, gone),
        Json.RelayAnswer);

    public Task<CallResponse> InfoAsync(RelayConnection? caller, RawJson groupId, CancellationToken gone) => AnswerAsync(
        caller, () => Text("group_id", groupId), user => groups.InfoAsync(TextOf(groupId)!, user, gone), Json.GroupInfo);

    public Task<CallResponse> DeleteAsync(RelayConnection? caller, RawJson groupId, CancellationToken gone) => AnswerAsync(
        caller, () => Text("group_id", groupId), user => groups.DeleteAsync(TextOf(groupId)!, user, gone), Json.RelayAnswer);

    /// <summary>
    /// Sends a message. Those of one connection go out in the order in which they came in, also when the client waits for no
    /// answer. It counts under the same rate limits as <c>relay_msg</c>.
    /// </summary>
    public async Task<CallResponse> RelayAsync(RelayConnection? caller, Caller sender, RawJson groupId, RawJson message, CancellationToken gone)
    {
        try
        {
            await (caller?.Turn.WaitAsync(gone) ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return CallResponse.Failed(NewId(), GroupErrors.Unavailable);
        }

        try
        {
            return await AnswerAsync(
                caller,
                () => Text("group_id", groupId),
                async user => await RefuseAsync(sender).ConfigureAwait(false) is { } tooOften
                    ? new Outcome<RelayedMessage>(null, tooOften)
                    : await groups.RelayAsync(TextOf(groupId)!, user, message, gone).ConfigureAwait(false),
                Json.RelayedMessage).ConfigureAwait(false);
        }
        finally
        {
            caller?.Turn.Release();
        }
    }

    private async ValueTask<CallError?> RefuseAsync(Caller sender)
    {
        var subject = new RateLimitSubject(sender.UserId, sender.DeviceId, sender.IpAddress, sender.Principal, default);
        return (await limiter.CheckAsync(subject, options.Value.Relay.Service, RelayFunctions.Relay).ConfigureAwait(false))?.ToError();
    }

    private static string NewId() => Guid.NewGuid().ToString("N");

    private static CallError Invalid(string message) => new(ErrorCode.InvalidRequest, message);

    private static CallError? Text(string name, RawJson value) => TextOf(value) is null ? Invalid($"{name} must be a string.") : null;

    /// <summary>The text that a JSON value is; null where it is none.</summary>
    private static string? TextOf(RawJson value)
    {
        var reader = new Utf8JsonReader(value.Utf8.Span);
        return JsonText.IsUnicode(value.Utf8.Span) && reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
    }

    private async Task<CallResponse> AnswerAsync<T>(RelayConnection? caller, Func<CallError?> check, Func<string, Task<Outcome<T>>> run, JsonTypeInfo<T> type)
        where T : class
    {
        var id = NewId();
        try
        {
            if (caller is null)
            {
                return CallResponse.Failed(id, new CallError(ErrorCode.Unauthenticated, "Authentication required: send a valid access token."));
            }

            if (check() is { } fault)
            {
                return CallResponse.Failed(id, fault);
            }

            var outcome = await run(caller.UserId).ConfigureAwait(false);
            return outcome.Error is { } error
                ? CallResponse.Failed(id, error)
                : CallResponse.Ok(id, new RawJson(JsonSerializer.SerializeToUtf8Bytes(outcome.Value!, type)));
        }
        catch (OperationCanceledException)
        {
            // The client has left.
            return CallResponse.Failed(id, GroupErrors.Unavailable);
        }
        catch (Exception error)
        {
            Log.Failed(logger, error, id);
            return CallResponse.Failed(id, new CallError(ErrorCode.Internal, "The gateway failed; the fault is logged under this request_id."));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Relay request {RequestId} failed inside the gateway.")]
        public static partial void Failed(ILogger logger, Exception error, string requestId);
    }
}
