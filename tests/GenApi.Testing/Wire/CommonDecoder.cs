namespace GenApi.Testing.Wire;

/// <summary>What traces, metrics and logs share: attributes, and the nesting of resource, scope and item.</summary>
internal static class CommonDecoder
{
    // Values nest (lists of maps of lists); junk must not overflow the stack.
    private const int MaxDepth = 16;

    public delegate void ItemDecoder(OtlpOrigin origin, ReadOnlySpan<byte> item);

    /// <summary>Walks an export request. In all three signals field 1 is the resource group, in it 1 is the resource and 2 a scope group, in that 1 is the scope and 2 an item.</summary>
    public static void Walk(ReadOnlySpan<byte> request, ItemDecoder decode)
    {
        var reader = new ProtobufReader(request);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                WalkResource(reader.Span(), decode);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    public static void Attribute(ReadOnlySpan<byte> keyValue, Dictionary<string, object?> into) => Attribute(keyValue, into, depth: 0);

    public static object? Value(ReadOnlySpan<byte> anyValue) => Value(anyValue, depth: 0);

    private static void WalkResource(ReadOnlySpan<byte> group, ItemDecoder decode)
    {
        // Fields may come in any order, and the resource is needed for the items.
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal);
        var reader = new ProtobufReader(group);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                ResourceAttributes(reader.Span(), attributes);
            }
            else
            {
                reader.Skip();
            }
        }

        reader = new ProtobufReader(group);
        while (reader.Next())
        {
            if (reader.Field == 2)
            {
                WalkScope(reader.Span(), attributes, decode);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ResourceAttributes(ReadOnlySpan<byte> resource, Dictionary<string, object?> into)
    {
        var reader = new ProtobufReader(resource);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                Attribute(reader.Span(), into);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void WalkScope(ReadOnlySpan<byte> group, Dictionary<string, object?> resource, ItemDecoder decode)
    {
        var scope = "";
        var reader = new ProtobufReader(group);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                scope = ScopeName(reader.Span());
            }
            else
            {
                reader.Skip();
            }
        }

        var origin = new OtlpOrigin(
            resource.GetValueOrDefault("service.name") as string ?? "",
            resource.GetValueOrDefault("service.instance.id") as string ?? "",
            resource,
            scope);

        reader = new ProtobufReader(group);
        while (reader.Next())
        {
            if (reader.Field == 2)
            {
                decode(origin, reader.Span());
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static string ScopeName(ReadOnlySpan<byte> scope)
    {
        var name = "";
        var reader = new ProtobufReader(scope);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                name = reader.String();
            }
            else
            {
                reader.Skip();
            }
        }

        return name;
    }

    private static void Attribute(ReadOnlySpan<byte> keyValue, Dictionary<string, object?> into, int depth)
    {
        var key = "";
        object? value = null;
        var reader = new ProtobufReader(keyValue);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: key = reader.String(); break;
                case 2: value = Value(reader.Span(), depth); break;
                default: reader.Skip(); break;
            }
        }

        into[key] = value;
    }

    private static object? Value(ReadOnlySpan<byte> anyValue, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new InvalidDataException($"An attribute's value is nested more than {MaxDepth} deep.");
        }

        object? value = null;
        var reader = new ProtobufReader(anyValue);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: value = reader.String(); break;
                case 2: value = reader.Int64() != 0; break;
                case 3: value = reader.Int64(); break;
                case 4: value = reader.Double(); break;
                case 5: value = List(reader.Span(), depth + 1); break;
                case 6: value = Map(reader.Span(), depth + 1); break;
                case 7: value = reader.Span().ToArray(); break;
                default: reader.Skip(); break;
            }
        }

        return value;
    }

    private static List<object?> List(ReadOnlySpan<byte> list, int depth)
    {
        List<object?> values = [];
        var reader = new ProtobufReader(list);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                values.Add(Value(reader.Span(), depth));
            }
            else
            {
                reader.Skip();
            }
        }

        return values;
    }

    private static Dictionary<string, object?> Map(ReadOnlySpan<byte> map, int depth)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        var reader = new ProtobufReader(map);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                Attribute(reader.Span(), values, depth);
            }
            else
            {
                reader.Skip();
            }
        }

        return values;
    }
}
