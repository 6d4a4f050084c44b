namespace GenApi.Gateway.Entry.Routes;

/// <summary>How plain HTTP requests to nodes are passed on.</summary>
public sealed class HttpRouteOptions
{
    /// <summary>
    /// The largest body of a request, in bytes. Null, the default: the gateway sets no limit, since it keeps nothing of what it
    /// passes on; the node has its own. From 1 up.
    /// </summary>
    public long? MaxRequestBytes { get; set; }

    /// <summary>
    /// How long a request, a response or a WebSocket may stand still before it is ended. Default 100 s; from 100 ms to 24 h.
    /// </summary>
    public TimeSpan ActivityTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>Requests under way at once, WebSockets included; further ones are refused as unavailable. Default 10000; from 1 to 1000000.</summary>
    public int MaxConcurrentRequests { get; set; } = 10_000;

    internal IEnumerable<string> Faults()
    {
        if (MaxRequestBytes < 1)
        {
            yield return $"GenApi:Routes:MaxRequestBytes is {MaxRequestBytes}; it must be from 1 up, or be left out for no limit.";
        }

        if (ActivityTimeout < TimeSpan.FromMilliseconds(100) || ActivityTimeout > TimeSpan.FromDays(1))
        {
            yield return $"GenApi:Routes:ActivityTimeout is {ActivityTimeout}; it must be from 00:00:00.1 to 1.00:00:00.";
        }

        if (MaxConcurrentRequests is < 1 or > 1_000_000)
        {
            yield return $"GenApi:Routes:MaxConcurrentRequests is {MaxConcurrentRequests}; it must be from 1 to 1000000.";
        }
    }
}
