namespace GenApi.Node.Functions;

/// <summary>
/// What an argument's values must satisfy, beyond what its C# type says. Numbers left at -1 or NaN, and texts left at
/// null, set nothing.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class ArgAttribute : Attribute
{
    /// <summary>The argument's name as callers write it; null: the parameter's name in snake_case.</summary>
    public string? Name { get; init; }

    /// <summary>The largest size of a string or map, in bytes of UTF-8 (<c>max_bytes</c>).</summary>
    public int MaxBytes { get; init; } = -1;

    /// <summary>The most items of a list or members of a map (<c>max_items</c>).</summary>
    public int MaxItems { get; init; } = -1;

    /// <summary>The largest size of one item of a list, in bytes of UTF-8 (<c>max_item_bytes</c>).</summary>
    public int MaxItemBytes { get; init; } = -1;

    /// <summary>The smallest number allowed (<c>min</c>).</summary>
    public double Min { get; init; } = double.NaN;

    /// <summary>The largest number allowed (<c>max</c>).</summary>
    public double Max { get; init; } = double.NaN;

    /// <summary>A regular expression that strings must match (<c>pattern</c>).</summary>
    public string? Pattern { get; init; }

    /// <summary>The only values allowed: strings, numbers or booleans (<c>enum</c>).</summary>
    public object[]? Enum { get; init; }

    /// <summary>Members that a map must have (<c>required</c>).</summary>
    public string[]? Required { get; init; }

    /// <summary>The only members a map may have (<c>accept</c>).</summary>
    public string[]? Accept { get; init; }
}
