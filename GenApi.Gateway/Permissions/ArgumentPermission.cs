using System.Text;
using System.Text.Json;
using GenApi.Gateway.Calls;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Permissions;

/// <summary>
/// <c>{"arg":"NAME"}</c>: the argument must be the caller's own id. It is looked for among the arguments and, where they are
/// passed as one map, one level deep. An argument given twice passes here and is refused by the argument check that follows.
/// </summary>
internal sealed class ArgumentPermission(string argument, bool oneLevelDeep) : PermissionCheck
{
    private readonly byte[] _argument = Encoding.UTF8.GetBytes(argument);

    public override string Strategy => "arg_based";

    public override string Description => $"Requires the argument '{argument}' to be the caller's own user id";

    public override ValueTask<CallError?> CheckAsync(Call call) =>
        new(call.UserId is { } userId && Matches(call.Args, userId)
            ? null
            : Denied($"The argument '{argument}' must be the caller's own user id."));

    private bool Matches(RawJson args, string userId)
    {
        var reader = new Utf8JsonReader(args.Utf8.Span);
        reader.Read();
        bool? deep = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(_argument))
            {
                reader.Read();
                return IsUser(ref reader, userId);
            }

            reader.Read();
            if (oneLevelDeep && reader.TokenType == JsonTokenType.StartObject)
            {
                var inner = InObject(ref reader, userId);
                deep = (deep, inner) switch
                {
                    (null, _) => inner,
                    (_, null) => deep,
                    _ => deep.Value && inner.Value,
                };
            }
            else
            {
                reader.Skip();
            }
        }

        return deep == true;
    }

    /// <summary>Whether the member names the user; null where the object has no such member. All of several must.</summary>
    private bool? InObject(ref Utf8JsonReader reader, string userId)
    {
        bool? found = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isArgument = reader.ValueTextEquals(_argument);
            reader.Read();
            if (isArgument)
            {
                found = found != false && IsUser(ref reader, userId);
            }

            reader.Skip();
        }

        return found;
    }

    private static bool IsUser(ref Utf8JsonReader reader, string userId) => reader.TokenType switch
    {
        JsonTokenType.String => reader.ValueTextEquals(userId),
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan) == userId,
        _ => false,
    };
}
