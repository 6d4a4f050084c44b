using System.Diagnostics.CodeAnalysis;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Nodes.Local;

/// <summary>Thrown by the gateway's own functions to answer with an error of any code.</summary>
[SuppressMessage("Design", "CA1032", Justification = "There is always an error to tell.")]
internal sealed class LocalRefusalException(CallError error) : Exception(error.Message)
{
    public CallError Error { get; } = error;
}
