using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace GenApi.Gateway.Gateways;

/// <summary>Where this gateway is to be found: by people in their logs and traces, and by clients on the network.</summary>
internal sealed class GatewayPlace(IConfiguration configuration, IServiceProvider services)
{
    private const string AttributesKey = "OTEL_RESOURCE_ATTRIBUTES";
    private const string InstanceAttribute = "service.instance.id";

    /// <summary>What telemetry, and the launcher's lines, call this process: <c>service.instance.id</c> of its resource; null: nothing is set.</summary>
    public string? InstanceId { get; } = Find(configuration[AttributesKey]);

    /// <summary>The addresses that the server listens on; empty until it does.</summary>
    public IReadOnlyList<string> Addresses => services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>() is { } found ? [.. found.Addresses] : [];

    /// <summary>As the specification writes it: <c>name=value,…</c>, values with percent signs for what they may not have.</summary>
    private static string? Find(string? attributes) => attributes?
        .Split(',', StringSplitOptions.TrimEntries)
        .Select(attribute => attribute.Split('=', 2, StringSplitOptions.TrimEntries))
        .Where(pair => pair is [InstanceAttribute, { Length: > 0 }])
        .Select(pair => Uri.UnescapeDataString(pair[1]))
        .LastOrDefault();
}
