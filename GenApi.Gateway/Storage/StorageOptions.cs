namespace GenApi.Gateway.Storage;

/// <summary>
/// How the gateway keeps what gateways share. It is kept in Redis where the connection string <c>redis</c> is set, and else in
/// this process.
/// </summary>
public sealed class StorageOptions
{
    /// <summary>How long Redis may take for one command before it counts as away. Default 1 s; from 50 ms to 30 s.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often the gateway compares what it has with what Redis has, in case a notice of a change was lost. Default 5 s; from
    /// 100 ms to 5 min.
    /// </summary>
    public TimeSpan ReconcileInterval { get; set; } = TimeSpan.FromSeconds(5);
}
