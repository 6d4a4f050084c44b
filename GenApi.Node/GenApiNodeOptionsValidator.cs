using GenApi.Protocol.Cluster;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Link;
using Microsoft.Extensions.Options;

namespace GenApi.Node;

/// <summary>Stops a node that is set up wrongly before it starts, with every fault in a sentence of its own.</summary>
internal sealed class GenApiNodeOptionsValidator : IValidateOptions<GenApiNodeOptions>
{
    public ValidateOptionsResult Validate(string? name, GenApiNodeOptions options)
    {
        var faults = new List<string>();
        if (string.IsNullOrEmpty(options.ClusterToken))
        {
            faults.Add("GenApi:ClusterToken is not set. Set the environment variable GenApi__ClusterToken to the secret of the gateway's cluster.");
        }
        else if (ClusterToken.FaultOf(options.ClusterToken) is { } fault)
        {
            faults.Add($"GenApi:ClusterToken {fault}.");
        }

        foreach (var gateway in options.Gateways.Where(gateway => !FunConfigValidator.IsAddress(gateway)))
        {
            faults.Add($"GenApi:Node:Gateways has '{gateway}', which is not an http or https address such as http://localhost:5080.");
        }

        if (options.Address is not null && !FunConfigValidator.IsAddress(options.Address))
        {
            faults.Add($"GenApi:Node:Address is '{options.Address}', which is not an http or https address such as http://10.0.0.5:5090.");
        }

        Range(nameof(options.LeaseInterval), options.LeaseInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        Range(nameof(options.RequestTimeout), options.RequestTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        Range(nameof(options.DrainTimeout), options.DrainTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        Range(nameof(options.KeepAlive), options.KeepAlive, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Range(nameof(options.MaxConcurrentCalls), options.MaxConcurrentCalls, 1, 1_000_000);
        Range(nameof(options.MaxFrameBytes), options.MaxFrameBytes, LinkConnection.LeastMaxFrameBytes, 1024 * 1024 * 1024);
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Range<T>(string option, T value, T least, T most)
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                faults.Add($"GenApi:Node:{option} is {value}; it must be from {least} to {most}.");
            }
        }
    }
}
