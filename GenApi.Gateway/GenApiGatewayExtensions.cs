using System.Text.Encodings.Web;
using GenApi.Gateway.Arguments;
using GenApi.Gateway.Calls;
using GenApi.Gateway.Calls.Modes;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Configs.Failed;
using GenApi.Gateway.Configs.Pull;
using GenApi.Gateway.DetailError;
using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Diagnostics.Tracing;
using GenApi.Gateway.Entry;
using GenApi.Gateway.Entry.Admin;
using GenApi.Gateway.Entry.Admin.Forwarding;
using GenApi.Gateway.Entry.Routes;
using GenApi.Gateway.Gateways;
using GenApi.Gateway.Hooks;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.Nodes.Links;
using GenApi.Gateway.Nodes.Local;
using GenApi.Gateway.Nodes.Resolvers;
using GenApi.Gateway.Nodes.Selection;
using GenApi.Gateway.OpenApi;
using GenApi.Gateway.Permissions;
using GenApi.Gateway.RateLimits;
using GenApi.Gateway.Relay;
using GenApi.Gateway.Security;
using GenApi.Gateway.Storage;
using GenApi.Gateway.Telemetry;
using GenApi.Gateway.WebConsole;
using GenApi.Node;
using GenApi.Node.Functions;
using GenApi.Protocol.Json;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway;

/// <summary>Makes an ASP.NET Core application a GenApi gateway.</summary>
public static class GenApiGatewayExtensions
{
    /// <summary>Adds the gateway. Its settings come from the configuration section <c>GenApi</c>; see <see cref="GenApiGatewayOptions"/>.</summary>
    public static IHostApplicationBuilder AddGenApiGateway(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<GenApiGatewayOptions>().Bind(builder.Configuration.GetSection(GenApiGatewayOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GenApiGatewayOptions>, GenApiGatewayOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        var redis = builder.AddStorage();
        services.AddSingleton<GatewayIdentity>();
        services.AddStored<IGatewayRegistry, MemoryGatewayRegistry, RedisGatewayRegistry>(redis);
        services.AddHostedService<GatewayLease>();
        services.AddStored<IChangeNotices, MemoryChangeNotices, RedisChangeNotices>(redis);
        services.AddCallTelemetry();
        services.AddTracing();

        services.AddStored<IConfigStore, MemoryConfigStore, RedisConfigStore>(redis);
        services.AddSingleton<ConfigCatalog>();
        services.AddHostedService<ConfigSync>();
        services.AddSingleton<ConfigReceiver>();
        services.AddStored<IDetailErrorStore, MemoryDetailErrorStore, RedisDetailErrorStore>(redis);
        services.AddSingleton<DetailErrorSwitch>();
        services.AddSingleton<FunctionAdmin>();
        services.AddSingleton<PushedServices>();
        services.AddFailedConfigs(redis);
        services.AddPull(redis);
        services.AddSingleton<Allowlist>();
        services.AddSingleton<PermissionCheckFactory>();

        services.AddStored<ILeaseStore, MemoryLeaseStore, RedisLeaseStore>(redis);
        services.AddSingleton<LinkDialer>();
        services.AddSingleton<LocalFunctions>();
        services.AddSingleton<LocalTarget>();
        services.AddHostedService<LocalRegistration>();
        services.AddSingleton<NodeChooserFactory>();
        services.AddSingleton<NodeResolution>();
        services.AddKeyedSingleton<INodeResolver, ConfigNodeResolver>(ConfigNodeResolver.Name);
        services.AddKeyedSingleton<INodeResolver, DnsNodeResolver>(DnsNodeResolver.Name);
        services.AddSingleton<FunctionCaller>();
        services.AddSingleton<NodeDirectory>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeDirectory>());

        services.AddSingleton<CallerStep>();
        services.AddSingleton<ConfigLookupStep>();
        services.AddSingleton<HookRunner>();
        services.AddSingleton<BeforeHookStep>();
        services.AddSingleton<AfterHookStep>();
        services.AddSingleton<PermissionStep>();
        services.AddRateLimits(redis);
        services.AddSingleton<ArgumentStep>();
        services.AddSingleton<NodeSelectionStep>();
        services.AddSingleton<ExecutionStep>();
        services.AddSingleton<CallPipeline>();
        services.AddSingleton<WorkerPools>();
        services.AddSingleton<StreamRegistry>();
        services.AddSingleton<CallDispatcher>();
        services.AddResultStore(redis);
        services.AddSingleton<HttpCallEndpoint>();

        services.AddRelay(redis);
        services.AddHttpForwarder();
        services.AddSingleton<ForwardingClient>();
        services.AddServiceRoutes();
        services.AddDescriptions();
        services.AddDiagnostics(redis);
        services.AddAdminForwarding();
        AddIdentity(builder, redis);
        AddHub(services);
        return builder;
    }

    /// <summary>Maps everything that the gateway answers: the hub, calls by HTTP, the cluster's endpoints, the admin API and the web console.</summary>
    public static WebApplication MapGenApiGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHub<GenApiHub>(GenApiHub.Path, hub => hub.CloseOnAuthenticationExpiration = true);
        var calls = app.Services.GetRequiredService<HttpCallEndpoint>();
        app.MapPost(HttpCallEndpoint.Route, calls.HandleAsync).ExcludeFromDescription();
        app.MapGet(ResultEndpoint.Route, ResultEndpoint.HandleAsync).ExcludeFromDescription();
        app.MapServiceRoutes();
        app.MapDescriptions();
        app.MapCluster();
        app.MapAdmin();
        app.MapConsole();
        return app;
    }

    /// <summary>
    /// Hosts functions in the gateway's own process (the seed's <c>:local</c>). They are called like any others, and need no node.
    /// </summary>
    /// <param name="builder">The gateway's application.</param>
    /// <param name="service">The service's name, as in <see cref="GenApiNodeExtensions.AddGenApiNode"/>.</param>
    /// <param name="configure">Registers the functions.</param>
    public static IHostApplicationBuilder AddLocalFunctions(this IHostApplicationBuilder builder, string service, Action<NodeBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var node = new NodeBuilder(service);
        configure(node);
        builder.Services.AddSingleton(provider => node.Build(provider.GetService<IServiceProviderIsService>()));
        return builder;
    }

    /// <summary>Registers a hook that functions name as <c>before_execute: {"gateway":"NAME"}</c>.</summary>
    public static IServiceCollection AddBeforeCall<T>(this IServiceCollection services, string name)
        where T : class, IBeforeCall => services.AddKeyedSingleton<IBeforeCall, T>(name);

    /// <summary>Registers a hook that functions name as <c>after_execute: {"gateway":"NAME"}</c>.</summary>
    public static IServiceCollection AddAfterCall<T>(this IServiceCollection services, string name)
        where T : class, IAfterCall => services.AddKeyedSingleton<IAfterCall, T>(name);

    /// <summary>Registers a selector that functions name as <c>choose_node_mode: {"custom":"NAME"}</c>.</summary>
    public static IServiceCollection AddNodeSelector<T>(this IServiceCollection services, string name)
        where T : class, INodeSelector => services.AddKeyedSingleton<INodeSelector, T>(name);

    /// <summary>Registers a resolver that functions name as <c>nodes: {"resolver":"NAME","args":[…]}</c>.</summary>
    public static IServiceCollection AddNodeResolver<T>(this IServiceCollection services, string name)
        where T : class, INodeResolver => services.AddKeyedSingleton<INodeResolver, T>(name);

    private static void AddResultStore(this IServiceCollection services, bool redis)
    {
        services.AddSingleton<MemoryResultStore>();
        if (redis)
        {
            services.AddSingleton<RedisResultStore>();
            services.AddSingleton<IResultStore>(provider => provider.GetRequiredService<RedisResultStore>());
            services.AddHostedService(provider => provider.GetRequiredService<RedisResultStore>());
        }
        else
        {
            services.AddSingleton<IResultStore>(provider => provider.GetRequiredService<MemoryResultStore>());
        }
    }

    private static void AddIdentity(IHostApplicationBuilder builder, bool redis)
    {
        var services = builder.Services;
        services.AddDataProtection().SetApplicationName("GenApi");
        if (redis)
        {
            services.AddSingleton<RedisKeyRepository>();
            services.AddOptions<KeyManagementOptions>().Configure<RedisKeyRepository>((keys, repository) => keys.XmlRepository = repository);
            services.AddSingleton<SharedKeyManager>();
            services.AddSingleton<IKeyManager>(provider => provider.GetRequiredService<SharedKeyManager>());
            services.AddHostedService<KeySync>();
        }

        var authentication = services.AddAuthentication(BearerTokenDefaults.AuthenticationScheme).AddBearerToken(options =>
            options.Events.OnMessageReceived = context =>
            {
                context.Token = QueryToken.Of(context.Request);
                return Task.CompletedTask;
            });
#if USE_ASPIRE
        authentication.AddJwtTokens(builder.Configuration);
#endif
        services.AddOptions<BearerTokenOptions>(BearerTokenDefaults.AuthenticationScheme).PostConfigure<TimeProvider>((bearer, time) =>
            bearer.BearerTokenProtector = new TicketCache(bearer.BearerTokenProtector, time));
        services.AddAuthorization();
        services.AddSingleton<TokenIssuer>();
        services.AddSingleton<AdminGate>();
    }

    private static void AddHub(IServiceCollection services)
    {
        services.AddSignalR().AddJsonProtocol(options =>
        {
            options.PayloadSerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
            options.PayloadSerializerOptions.PropertyNamingPolicy = ProtocolJson.Default.Options.PropertyNamingPolicy;
            options.PayloadSerializerOptions.DefaultIgnoreCondition = ProtocolJson.Default.Options.DefaultIgnoreCondition;
            options.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, ProtocolJson.Default);
        });
        services.AddOptions<HubOptions>().Configure<IOptions<GenApiGatewayOptions>>((hub, gateway) =>
        {
            hub.MaximumParallelInvocationsPerClient = gateway.Value.MaxParallelCallsPerConnection;

            // A request that is too large gets an answer; only one far beyond that ends the connection.
            hub.MaximumReceiveMessageSize = 4L * gateway.Value.MaxPayloadBytes;
        });
    }
}
