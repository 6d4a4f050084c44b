using System.IO.Enumeration;
using GenApi.Gateway.Calls;

namespace GenApi.Gateway.Diagnostics.Tracing;

/// <summary>What a trace is about.</summary>
internal abstract class TraceTarget
{
    private const int MaxPatternLength = 256;

    public const string Functions = "functions";
    public const string Connections = "connections";

    /// <summary>Reads what is to be traced.</summary>
    /// <param name="request">The request.</param>
    /// <param name="now">The time, as a timestamp.</param>
    /// <param name="fault">Why it makes no sense; null when it does.</param>
    public static TraceTarget? Read(TraceRequest request, long now, out string? fault)
    {
        var ofFunctions = request.Service ?? request.RequestType ?? request.Version;
        var ofConnections = request.Connections ?? request.UserId ?? request.ConnectionId;
        string?[] texts = [request.Service, request.RequestType, request.Version, request.UserId, request.ConnectionId];
        fault = request.Target switch
        {
            Functions when ofConnections is not null => "connections, user_id and connection_id are for the target 'connections'; leave them out.",
            Connections when ofFunctions is not null => "service, request_type and version are for the target 'functions'; leave them out.",
            Functions or Connections when texts.Any(text => text is { Length: 0 or > MaxPatternLength }) =>
                $"service, request_type, version, user_id and connection_id must have 1 to {MaxPatternLength} characters, or be left out.",
            Connections when request.Connections is not (null or "all" or "existing" or "new") =>
                $"connections must be all, existing or new, but is '{request.Connections}'.",
            Functions or Connections => null,
            _ => $"target must be '{Functions}' or '{Connections}'.",
        };
        return fault is not null ? null
            : request.Target == Functions ? new OfFunctions(request.Service, request.RequestType, request.Version)
            : new OfConnections(request.Connections ?? "all", request.UserId, request.ConnectionId, now);
    }

    public abstract bool Has(Call call, string? version);

    public abstract bool Has(ClientConnection connection);

    /// <summary>Whether it is about a call that was under way when the trace began.</summary>
    public virtual bool HadAlready(Call call, string? version) => Has(call, version);

    private sealed class OfFunctions(string? service, string? requestType, string? version) : TraceTarget
    {
        /// <summary>Stands for functions without a version.</summary>
        private const string Unversioned = "-";

        public override bool Has(Call call, string? answering) =>
            Matches(service, call.Request.Service)
            && Matches(requestType, call.Request.RequestType)
            && (version is null || (version == Unversioned ? answering is null : answering is not null && Matches(version, answering)));

        public override bool Has(ClientConnection connection) => false;

        private static bool Matches(string? pattern, string name) => pattern is null || FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
    }

    private sealed class OfConnections(string which, string? userId, string? connectionId, long started) : TraceTarget
    {
        // A connection by HTTP counts as new with each request: nothing is kept about it in between.
        public override bool Has(Call call, string? answering) => call.Connection is { } hub ? Has(hub) : which != "existing" && HasHttp(call);

        public override bool HadAlready(Call call, string? answering) => call.Connection is { } hub ? Has(hub) : which != "new" && HasHttp(call);

        private bool HasHttp(Call call) =>
            call.Http is { } http && (userId is null || call.UserId == userId) && (connectionId is null || http.Id == connectionId);

        public override bool Has(ClientConnection connection) =>
            (userId is null || connection.UserId == userId)
            && (connectionId is null || connection.Id == connectionId)
            && which switch
            {
                "existing" => connection.Since < started,
                "new" => connection.Since >= started,
                _ => true,
            };
    }
}
