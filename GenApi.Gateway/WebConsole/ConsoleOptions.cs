namespace GenApi.Gateway.WebConsole;

/// <summary>The web console, from the configuration section <c>GenApi:Console</c>.</summary>
public sealed class ConsoleOptions
{
    /// <summary>
    /// Whether the gateway serves the console at <c>/console/</c>. Default true: its pages hold no data, and all that they show and do
    /// goes through the admin API, which asks for the admin token. Read at start.
    /// </summary>
    public bool Enabled { get; set; } = true;
}
