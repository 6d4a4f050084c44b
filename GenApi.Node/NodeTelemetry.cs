using System.Diagnostics;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Link;

namespace GenApi.Node;

/// <summary>The node's part of a call's trace.</summary>
internal static class NodeTelemetry
{
    /// <summary>The name of the activity source.</summary>
    public const string SourceName = "GenApi.Node";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Starts the span of one call, as a child of the gateway's. Null: nobody listens.</summary>
    public static Activity? StartCall(string service, in CallHeader header)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        _ = ActivityContext.TryParse(header.Traceparent, header.Tracestate, isRemote: true, out var parent);
        var method = header.RequestType ?? header.Function;
        var activity = Source.StartActivity($"{service}/{method}", ActivityKind.Server, parent);
        activity?.SetTag("rpc.system", "genapi").SetTag("rpc.system.name", "genapi").SetTag("rpc.service", service).SetTag("rpc.method", method).SetTag("genapi.request_id", header.RequestId);
        return activity;
    }

    /// <summary>The call fails.</summary>
    public static void Fail(this Activity? activity, ErrorCode code, string message) =>
        activity?.SetTag("error.type", code.Name).SetStatus(ActivityStatusCode.Error, message);

    /// <summary>
    /// Keeps what happens every few seconds and says nothing out of the traces, here and at the gateway: until it is disposed of, no
    /// span is sampled, unless <c>OTEL_TRACES_SAMPLER</c> says that all are.
    /// </summary>
    public static Activity Unsampled() => new Activity("unsampled").SetIdFormat(ActivityIdFormat.W3C).Start();
}
