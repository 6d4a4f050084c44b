namespace GenApi.Gateway.Telemetry;

/// <summary>What the gateway tells about itself, in the section <c>GenApi:Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>Clients that may listen to <c>GET /admin/events</c> at the same time. Default 16; from 0 to 1000.</summary>
    public int MaxEventListeners { get; set; } = 16;

    /// <summary>Events that wait for one of them; further ones are dropped and counted. Default 1000; from 1 to 1000000.</summary>
    public int EventBuffer { get; set; } = 1000;

    /// <summary>
    /// Functions that metrics tell apart; those called later than so many others are counted together as <c>other</c>. Default 500; from 0 to
    /// 100000.
    /// </summary>
    public int MaxFunctions { get; set; } = 500;

    internal IEnumerable<string> Faults()
    {
        if (MaxEventListeners is < 0 or > 1000)
        {
            yield return $"GenApi:Telemetry:MaxEventListeners is {MaxEventListeners}; it must be from 0 to 1000.";
        }

        if (EventBuffer is < 1 or > 1_000_000)
        {
            yield return $"GenApi:Telemetry:EventBuffer is {EventBuffer}; it must be from 1 to 1000000.";
        }

        if (MaxFunctions is < 0 or > 100_000)
        {
            yield return $"GenApi:Telemetry:MaxFunctions is {MaxFunctions}; it must be from 0 to 100000.";
        }
    }
}
