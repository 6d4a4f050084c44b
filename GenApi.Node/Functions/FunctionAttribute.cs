namespace GenApi.Node.Functions;

/// <summary>Makes a public method of a class given to <see cref="NodeBuilder.MapFunctions{T}"/> callable through the gateway.</summary>
/// <param name="name">The function's name as callers write it (<c>request_type</c>); null: the method's name in snake_case, without an <c>Async</c> at its end.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FunctionAttribute(string? name = null) : Attribute
{
    /// <summary>The function's name; null: derived from the method's.</summary>
    public string? Name => name;

    /// <summary>The function's version; null: the one of <see cref="NodeBuilder.Version"/>.</summary>
    public string? Version { get; init; }

    /// <summary>What the function does, for people; null: nothing is said.</summary>
    public string? Description { get; init; }
}

/// <summary>
/// Makes a public method of a class given to <see cref="NodeBuilder.MapFunctions{T}"/> callable by the gateway alone, as a
/// hook or a permission callback that other functions name.
/// </summary>
/// <param name="name">The name that configs use; null: the method's name in snake_case, without an <c>Async</c> at its end.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InternalFunctionAttribute(string? name = null) : Attribute
{
    /// <summary>The name; null: derived from the method's.</summary>
    public string? Name => name;
}
