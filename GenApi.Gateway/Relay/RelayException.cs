using System.Diagnostics.CodeAnalysis;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Relay;

/// <summary>Thrown by <see cref="IRelay"/> when a group does not do what it is asked.</summary>
[SuppressMessage("Design", "CA1032", Justification = "There is always an error to tell.")]
public sealed class RelayException(CallError error) : Exception(error.Message)
{
    /// <summary>Why, as callers of the hub are told: <c>not_found</c>, <c>permission_denied</c>, <c>invalid_request</c> or <c>unavailable</c>.</summary>
    public CallError Error { get; } = error;
}
