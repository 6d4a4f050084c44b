using System.Text;
using System.Text.Json;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Nodes.Selection;

/// <summary>Hashes the value of one argument as it stands in the call's bytes.</summary>
internal sealed class ArgumentKey(string argument)
{
    private readonly byte[] _name = Encoding.UTF8.GetBytes(argument);

    /// <summary>The hash of the argument's value; 0 where the call has none.</summary>
    public ulong HashOf(RawJson args)
    {
        var reader = new Utf8JsonReader(args.Utf8.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(_name);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (found && reader.TokenType == JsonTokenType.String && reader.ValueIsEscaped)
            {
                // Two spellings of one text must lead to one node.
                return StableHash.Of(Encoding.UTF8.GetBytes(reader.GetString()!));
            }

            if (found && reader.TokenType == JsonTokenType.String)
            {
                return StableHash.Of(reader.ValueSpan);
            }

            reader.Skip();
            if (found)
            {
                return StableHash.Of(args.Utf8.Span[start..(int)reader.BytesConsumed]);
            }
        }

        return 0;
    }
}
