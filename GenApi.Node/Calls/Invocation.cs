using GenApi.Protocol.Link;

namespace GenApi.Node.Calls;

/// <summary>All that one run of a function needs.</summary>
/// <param name="Header">What the gateway says about the call.</param>
/// <param name="Args">The arguments: one JSON object. Valid until the function's arguments are bound.</param>
/// <param name="Output">Where the answer goes.</param>
/// <param name="Services">Where a scope for the function is made from.</param>
/// <param name="Cancellation">Ends when nobody waits any more.</param>
internal readonly record struct Invocation(
    CallHeader Header,
    ReadOnlyMemory<byte> Args,
    ICallOutput Output,
    IServiceProvider Services,
    CancellationToken Cancellation)
{
    public CallContext ToContext() => new()
    {
        RequestId = Header.RequestId ?? "",
        Service = Header.Service ?? "",
        RequestType = Header.RequestType ?? Header.Function,
        Version = Header.Version,
        UserId = Header.UserId,
        DeviceId = Header.DeviceId,
        Roles = Header.Roles ?? [],
        Cancellation = Cancellation,
    };
}
