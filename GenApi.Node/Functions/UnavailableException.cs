namespace GenApi.Node.Functions;

/// <summary>
/// Thrown by a function that cannot do its work now, and has not begun it: the caller gets the code <c>unavailable</c> and
/// may try again, and a function with a retry policy is tried again by the gateway.
/// </summary>
public sealed class UnavailableException : Exception
{
    /// <summary>An error with this message, which the caller sees.</summary>
    public UnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>An error with this message, which the caller sees, and what caused it.</summary>
    public UnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An error that says nothing.</summary>
    public UnavailableException()
    {
    }
}
