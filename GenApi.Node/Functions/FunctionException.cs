namespace GenApi.Node.Functions;

/// <summary>
/// Thrown by a function to say that it will not or cannot do what it was asked (the seed's <c>{:error, reason}</c>). The
/// caller gets the code <c>function_error</c>, and the message only where the gateway runs with <c>detail_error</c> on.
/// </summary>
public sealed class FunctionException : Exception
{
    /// <summary>An error with this message.</summary>
    public FunctionException(string message)
        : base(message)
    {
    }

    /// <summary>An error with this message and what caused it, which is logged on the node.</summary>
    public FunctionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An error that says nothing.</summary>
    public FunctionException()
    {
    }
}
