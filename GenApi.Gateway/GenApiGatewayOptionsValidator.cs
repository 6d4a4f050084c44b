using GenApi.Gateway.Configs.Pull;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Security;
using GenApi.Protocol.Cluster;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Link;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway;

/// <summary>Stops a gateway that is set up wrongly before it starts, with every fault in a sentence of its own.</summary>
internal sealed class GenApiGatewayOptionsValidator : IValidateOptions<GenApiGatewayOptions>
{
    private const int MaxBytes = 256 * 1024 * 1024;

    public ValidateOptionsResult Validate(string? name, GenApiGatewayOptions options)
    {
        var faults = new List<string>();
        Secret("GenApi:ClusterToken", options.ClusterToken);
        Secret("GenApi:AdminToken", options.AdminToken);
        if (options.GatewayId is not null && !FunConfigValidator.IsName(options.GatewayId))
        {
            faults.Add($"GenApi:GatewayId is '{options.GatewayId}'; it must be 1 to 128 letters, digits, '_', '-' or '.'.");
        }

        if (options.Address is not null && !FunConfigValidator.IsAddress(options.Address))
        {
            faults.Add($"GenApi:Address is '{options.Address}', which is not an http or https address such as http://10.0.0.5:5080.");
        }

        if (string.IsNullOrWhiteSpace(options.EventName))
        {
            faults.Add("GenApi:EventName must not be empty; leave it out for 'genapi'.");
        }

        foreach (var action in options.AdminActions.Where(action => !AdminAction.IsKnown(action)))
        {
            faults.Add($"GenApi:AdminActions has '{action}', which is no action. Use {string.Join(", ", AdminAction.All)}, or * for all.");
        }

        Range("MaxPayloadBytes", options.MaxPayloadBytes, 1024, MaxBytes);
        Range("MaxParallelCallsPerConnection", options.MaxParallelCallsPerConnection, 1, 10_000);
        Range("TokenLifetime", options.TokenLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromDays(365));
        Range("Arguments:MaxBytes", options.Arguments.MaxBytes, 1, MaxBytes);
        Range("Arguments:MaxItems", options.Arguments.MaxItems, 1, 1_000_000);
        Range("Arguments:MaxItemBytes", options.Arguments.MaxItemBytes, 1, MaxBytes);
        Range("ResultLifetime", options.ResultLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        Range("MaxStoredResults", options.MaxStoredResults, 1, 10_000_000);
        Pool("AsyncPool", options.AsyncPool);
        Pool("StreamPool", options.StreamPool);
        Breaker("Nodes:Breaker", options.Nodes.Breaker);
        Range("Nodes:LeaseExpiry", options.Nodes.LeaseExpiry, TimeSpan.FromMilliseconds(300), TimeSpan.FromMinutes(10));
        Range("Nodes:WatchInterval", options.Nodes.WatchInterval, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1));
        Range("Nodes:ConnectTimeout", options.Nodes.ConnectTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        Range("Nodes:LongestReconnectDelay", options.Nodes.LongestReconnectDelay, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(5));
        Range("Nodes:KeepAlive", options.Nodes.KeepAlive, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Range("Nodes:MaxFrameBytes", options.Nodes.MaxFrameBytes, LinkConnection.LeastMaxFrameBytes, 1024 * 1024 * 1024);
        Range("Nodes:MaxCallsPerLink", options.Nodes.MaxCallsPerLink, 1, 1_000_000);
        Range("FailedConfigs:MaxEntries", options.FailedConfigs.MaxEntries, 100, 100_000);
        faults.AddRange(PullRules.FaultsOf(options.Pull));
        Range("Storage:CommandTimeout", options.Storage.CommandTimeout, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(30));
        Range("Storage:ReconcileInterval", options.Storage.ReconcileInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        faults.AddRange(options.Relay.Faults());
        faults.AddRange([.. options.Health.Faults(), .. options.Telemetry.Faults(), .. options.Tracing.Faults()]);
        faults.AddRange(options.Routes.Faults());
        if (string.IsNullOrWhiteSpace(options.OpenApi.Title))
        {
            faults.Add("GenApi:OpenApi:Title must not be empty; leave it out for 'GenApi'.");
        }

        faults.AddRange(RateLimitValidation.Faults(options.RateLimits));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Pool(string section, GenApiGatewayOptions.PoolOptions pool)
        {
            Range($"{section}:Size", pool.Size, 1, 1_000_000);
            Range($"{section}:QueueLimit", pool.QueueLimit, 0, 1_000_000);
            Breaker($"{section}:Breaker", pool.Breaker);
        }

        void Breaker(string section, BreakerOptions breaker)
        {
            Range($"{section}:ConsecutiveFailures", breaker.ConsecutiveFailures, 1, 10_000);
            Range($"{section}:FailureRate", breaker.FailureRate, 0.001, 1);
            Range($"{section}:MinimumCalls", breaker.MinimumCalls, 1, 1_000_000);
            Range($"{section}:Window", breaker.Window, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
            Range($"{section}:OpenFor", breaker.OpenFor, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10));
        }

        void Secret(string option, string? value)
        {
            if (value is not null && ClusterToken.FaultOf(value) is { } fault)
            {
                faults.Add($"{option} {fault}.");
            }
        }

        void Range<T>(string option, T value, T least, T most)
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                faults.Add($"GenApi:{option} is {value}; it must be from {least} to {most}.");
            }
        }
    }
}
