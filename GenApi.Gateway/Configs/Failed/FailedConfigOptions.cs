namespace GenApi.Gateway.Configs.Failed;

/// <summary>How the gateway remembers the configs that it refused.</summary>
public sealed class FailedConfigOptions
{
    /// <summary>The most entries that are kept, over all gateways; the oldest give way. Default 10000; from 100 to 100000.</summary>
    public int MaxEntries { get; set; } = 10_000;
}
