namespace GenApi.Node.Functions;

/// <summary>
/// What a before hook on a node answers. The hook is a function with the parameter <c>args</c> (the caller's arguments) and,
/// if it likes, a <see cref="Calls.CallContext"/>.
/// </summary>
public sealed record BeforeAnswer
{
    private BeforeAnswer()
    {
    }

    /// <summary>The call goes on as it is.</summary>
    public static BeforeAnswer Continue { get; } = new();

    /// <summary>Why the call is refused; null: it is not.</summary>
    public string? Reject { get; private init; }

    /// <summary>The arguments to go on with; null: those of the caller.</summary>
    public object? Args { get; private init; }

    /// <summary>The call is refused with the code <c>hook_rejected</c> and this sentence.</summary>
    public static BeforeAnswer Refuse(string reason) => new() { Reject = reason };

    /// <summary>The call goes on with these arguments, which are checked like any others.</summary>
    public static BeforeAnswer WithArgs(object args) => new() { Args = args };
}

/// <summary>
/// What an after hook on a node answers to change the result; null leaves it as it is. The hook is a function with the
/// parameters <c>args</c> and <c>response</c>, of which it may take either or both.
/// </summary>
/// <param name="Result">The result to answer in place of the function's.</param>
public sealed record AfterAnswer(object? Result);
