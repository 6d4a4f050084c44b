using System.Net;
using GenApi.Gateway.Storage;
using GenApi.Node.Membership;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Gateways;

/// <summary>Where this gateway is to be found: by people in their logs and traces, and by clients and other gateways on the network.</summary>
internal sealed class GatewayPlace(IConfiguration configuration, IServiceProvider services, IOptions<GenApiGatewayOptions> options)
{
    private const string AttributesKey = "OTEL_RESOURCE_ATTRIBUTES";
    private const string InstanceAttribute = "service.instance.id";

    /// <summary>A local address that leads anywhere leads there.</summary>
    private static readonly DnsEndPoint ThisMachine = new("localhost", 1);

    private volatile string? _address;

    /// <summary>What telemetry, and the launcher's lines, call this process: <c>service.instance.id</c> of its resource; null: nothing is set.</summary>
    public string? InstanceId { get; } = Find(configuration[AttributesKey]);

    /// <summary>The addresses that the server listens on; empty until it does.</summary>
    public IReadOnlyList<string> Addresses => services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>() is { } found ? [.. found.Addresses] : [];

    /// <summary>The address at which other gateways reach this one; null: it listens on none, or not yet.</summary>
    public string? Address => _address ?? FindAddress();

    private string? FindAddress()
    {
        var isGuess = false;
        var found = options.Value.Address?.TrimEnd('/') ?? (services.GetService<IServer>() is { } server ? ListeningAddress.Find(server, RedisPlace, out isGuess) : null);
        if (!isGuess)
        {
            _address = found;
        }

        return found;
    }

    /// <summary>What all gateways reach lies in the network that they share.</summary>
    private DnsEndPoint RedisPlace() => StorageRegistration.FindServer(configuration) ?? ThisMachine;

    /// <summary>As the specification writes it: <c>name=value,…</c>, values with percent signs for what they may not have.</summary>
    private static string? Find(string? attributes) => attributes?
        .Split(',', StringSplitOptions.TrimEntries)
        .Select(attribute => attribute.Split('=', 2, StringSplitOptions.TrimEntries))
        .Where(pair => pair is [InstanceAttribute, { Length: > 0 }])
        .Select(pair => Uri.UnescapeDataString(pair[1]))
        .LastOrDefault();
}
