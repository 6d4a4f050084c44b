using GenApi.Gateway.Configs;
using GenApi.Gateway.Diagnostics.Tracing;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.Security;
using GenApi.Gateway.Telemetry;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Calls;

/// <summary>One call on its way through the pipeline, and what the steps have found out about it.</summary>
internal sealed class Call(CallRequest request, Caller caller, CancellationToken aborted)
{
    public CallRequest Request { get; } = request;

    public Caller Caller { get; } = caller;

    /// <summary>Ends when nobody waits for the answer any more.</summary>
    public CancellationToken Aborted { get; set; } = aborted;

    /// <summary>The user the call is made for, and nobody else's word for it unless <c>override_user_id</c> is off.</summary>
    public string? UserId { get; set; } = caller.UserId;

    public IReadOnlyList<string> Roles { get; set; } = caller.Roles;

    /// <summary>The device of the token, or else the one the client names.</summary>
    public string? DeviceId { get; } = caller.DeviceId ?? request.DeviceId;

    /// <summary>The arguments: as sent, and complete once they have been checked.</summary>
    public RawJson Args { get; set; } = request.Args;

    /// <summary>The function that answers. Known from the config lookup on.</summary>
    public FunctionEntry Function { get; set; } = null!;

    /// <summary>When the call must have its answer, as a timestamp of the gateway's <see cref="TimeProvider"/>; <see cref="long.MaxValue"/>: never.</summary>
    public long Deadline { get; set; } = long.MaxValue;

    /// <summary>The nodes that can take the call. Known from the node selection on.</summary>
    public CallTarget[] Candidates { get; set; } = [];

    /// <summary>The node that has the call, or had it last; null: none yet.</summary>
    public CallTarget? Target { get; set; }

    /// <summary>What the function returned.</summary>
    public RawJson Result { get; set; }

    /// <summary>The chunks of a stream function; null before it runs.</summary>
    public CallStream? Stream { get; set; }

    /// <summary>The chunks of its stream that went to the client so far.</summary>
    public long Chunks { get; set; }

    /// <summary>How the call failed; null: it has not.</summary>
    public CallError? Error { get; set; }

    /// <summary>The W3C trace context to hand on to the node; null: the call is not traced.</summary>
    public string? Traceparent { get; set; }

    public string? Tracestate { get; set; }

    /// <summary>What the telemetry keeps for the call's end.</summary>
    public CallTelemetry.Started Started { get; set; }

    /// <summary>The hub connection that the call came by; null: it came by another door.</summary>
    public ClientConnection? Connection { get; init; }

    /// <summary>The HTTP connection that the call came by; null: it came by another door.</summary>
    public ConnectionInfo? Http { get; init; }

    /// <summary>Tells the traces that are about this call; null, nearly always: there is none.</summary>
    public TracedCall? Trace { get; set; }

    /// <summary>When the call got its place in a pool, and then its worker, as a timestamp.</summary>
    public long PoolTimestamp { get; set; }
}
