using System.Text.Json;
using GenApi.Gateway.Gateways;
using GenApi.Gateway.Relay;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Tests.Relay;

/// <summary>The groups of a gateway without its doors.</summary>
internal sealed class RelayHost : IAsyncDisposable
{
    private readonly IHost _host;
    private bool _isGone;

    private RelayHost(IHost host) => _host = host;

    public ManualTimers? Clock { get; private init; }

    public IRelay Relay => Get<IRelay>();

    /// <param name="redis">The connection string; null: in memory.</param>
    /// <param name="clock">The clock; null: the system's.</param>
    /// <param name="id">The gateway's id; null: any.</param>
    /// <param name="settings">More settings of <c>GenApi:Relay</c>.</param>
    public static async Task<RelayHost> StartAsync(string? redis, ManualTimers? clock = null, string? id = null, params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([
            new("ConnectionStrings:redis", redis),
            new("GenApi:GatewayId", id),
            new("GenApi:Relay:SweepInterval", "00:00:00.05"),
            .. settings.Select(setting => new KeyValuePair<string, string?>($"GenApi:Relay:{setting.Name}", setting.Value)),
        ]);
        builder.Services.AddLogging();
        if (clock is not null)
        {
            builder.Services.AddSingleton<TimeProvider>(clock);
        }

        builder.AddGenApiGateway();

        // Nothing else of the gateway runs here.
        foreach (var service in builder.Services.Where(service => service.ServiceType == typeof(IHostedService)
            && service.ImplementationType != typeof(RelayService) && service.ImplementationType != typeof(GatewayLease)).ToList())
        {
            builder.Services.Remove(service);
        }

        var host = builder.Build();
        await host.StartAsync(Wait.Ended);
        return new RelayHost(host) { Clock = clock };
    }

    /// <summary>How a gateway with hub is set up.</summary>
    public static TestClusterOptions Gateway(string? redis, string id, params (string Name, string Value)[] settings) => new()
    {
        GatewaySettings = new Dictionary<string, string?>(settings.Select(setting => KeyValuePair.Create($"GenApi:Relay:{setting.Name}", (string?)setting.Value)))
        {
            ["ConnectionStrings:redis"] = redis,
            ["GenApi:GatewayId"] = id,
            ["GenApi:Relay:SweepInterval"] = "00:00:00.1",
        },
    };

    public T Get<T>()
        where T : class => _host.Services.GetRequiredService<T>();

    /// <summary>A connection of a user, whose messages can be seen.</summary>
    public (RelayConnection Connection, RecordingSink Sink) Connect(string user, RecordingSink? sink = null)
    {
        sink ??= new RecordingSink();
        var connection = new RelayConnection(user, sink, Get<IOptions<GenApiGatewayOptions>>().Value.Relay, Get<RelayTelemetry>());
        Get<RelayUsers>().Add(connection);
        return (connection, sink);
    }

    public void Disconnect(RelayConnection connection) => Get<RelayUsers>().Remove(connection);

    public Task<GroupInfo> InfoAsync(string group, string user) => Relay.InfoAsync(group, user, Wait.Ended);

    /// <summary>The members of a group as the store has them, each as "user:state".</summary>
    public async Task<string> MembersAsync(string group) => await Get<IGroupStore>().LoadAsync(group, Wait.Ended) is { } found
        ? string.Join(' ', found.Members.OrderBy(member => member.User, StringComparer.Ordinal).Select(member => $"{member.User}:{(member.Admin ? "admin" : member.State.ToString().ToLowerInvariant())}"))
        : "no group";

    /// <summary>Stops as SIGTERM does.</summary>
    public async Task StopAsync()
    {
        _isGone = true;
        await _host.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isGone)
        {
            await StopAsync();
        }

        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}

/// <summary>Keeps what a connection would be sent, and may take its time.</summary>
internal sealed class RecordingSink(Task? stalled = null) : IMessageSink
{
    private readonly Lock _gate = new();
    private readonly List<string> _texts = [];

    public IReadOnlyList<string> Texts
    {
        get
        {
            lock (_gate)
            {
                return [.. _texts];
            }
        }
    }

    public async ValueTask SendAsync(OutgoingMessage message)
    {
        await (stalled ?? Task.CompletedTask);
        var json = JsonSerializer.SerializeToElement(((InvocationMessage)message.Hub.Message!).Arguments[0], ProtocolJson.Default.CallResponse.Options.GetTypeInfo(typeof(CallResponse)));
        lock (_gate)
        {
            _texts.Add(json.GetProperty("result").GetProperty("message").ToString());
        }
    }
}
