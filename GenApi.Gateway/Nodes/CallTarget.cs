using GenApi.Gateway.Nodes.Links;
using GenApi.Gateway.Nodes.Selection;
using GenApi.Protocol.Json;
using GenApi.Protocol.Link;

namespace GenApi.Gateway.Nodes;

/// <summary>Something that runs functions: a node over a link, or this process.</summary>
internal abstract class CallTarget(string address, CircuitBreaker breaker)
{
    /// <summary>The base address; <c>local</c> for this process.</summary>
    public string Address { get; } = address;

    /// <summary>The address's part in choosing by hash.</summary>
    public ulong AddressHash { get; } = StableHash.Of(address);

    /// <summary>Keeps calls away while they would only fail.</summary>
    public CircuitBreaker Breaker { get; } = breaker;

    /// <summary>Whether a call sent now has a chance to arrive.</summary>
    public abstract bool IsReachable { get; }

    /// <summary>The calls under way from this gateway.</summary>
    public abstract int InFlight { get; }

    /// <summary>Whether a call sent now would be taken.</summary>
    public bool CanTakeCall => IsReachable && Breaker.WouldPass;

    /// <summary>Runs a function and waits for its reply.</summary>
    /// <param name="flags">How the call is to be answered; <see cref="CallFlags.NoReply"/> completes at once.</param>
    /// <param name="header">What the function is told; the time left is filled in on the way.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="deadline">When to give up, as a timestamp.</param>
    /// <param name="observer">Is told of the call's frames; null: nobody is.</param>
    /// <param name="aborted">Ends when nobody waits any more.</param>
    public abstract ValueTask<LinkReply> CallAsync(CallFlags flags, in CallHeader header, RawJson args, long deadline, IFrameObserver? observer, CancellationToken aborted);

    /// <summary>Starts a stream.</summary>
    /// <returns>The stream; null when it could not be started here.</returns>
    public abstract PendingStream? OpenStream(in CallHeader header, RawJson args, long deadline, IFrameObserver? observer);
}
