using System.Text.Json.Serialization;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;

namespace GenApi.Protocol.Link;

/// <summary>The body of an ERROR frame: a <see cref="CallError"/> as a node sends it.</summary>
internal sealed record ErrorBody(string Code, string Message)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Details { get; init; }

    public static ErrorBody From(CallError error) => new(error.Code.Name, error.Message) { Details = error.Details };

    public CallError ToCallError() => new(ErrorCode.FromName(Code), Message) { Details = Details };
}
