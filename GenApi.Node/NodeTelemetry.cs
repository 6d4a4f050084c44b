using System.Diagnostics;
using GenApi.Protocol.Link;

namespace GenApi.Node;

/// <summary>The node's part of a call's trace.</summary>
internal static class NodeTelemetry
{
    /// <summary>The name of the activity source.</summary>
    public const string SourceName = "GenApi.Node";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Starts the span of one call, as a child of the gateway's. Null: nobody listens.</summary>
    public static Activity? StartCall(in CallHeader header)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        _ = ActivityContext.TryParse(header.Traceparent, header.Tracestate, isRemote: true, out var parent);
        var activity = Source.StartActivity(header.Function, ActivityKind.Server, parent);
        activity?.SetTag("rpc.system", "genapi").SetTag("rpc.method", header.Function);
        return activity;
    }
}
