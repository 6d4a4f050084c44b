using System.Text.Encodings.Web;
using GenApi.Gateway.Arguments;
using GenApi.Gateway.Calls;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Entry;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.Permissions;
using GenApi.Gateway.Security;
using GenApi.Gateway.Telemetry;
using GenApi.Protocol.Json;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.DataProtection;
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
        services.AddSingleton<GatewayIdentity>();
        services.AddSingleton<CallTelemetry>();

        services.AddSingleton<IConfigStore, MemoryConfigStore>();
        services.AddSingleton<ConfigCatalog>();
        services.AddSingleton<ConfigReceiver>();
        services.AddSingleton<PermissionCheckFactory>();

        services.AddSingleton<ILeaseStore, MemoryLeaseStore>();
        services.AddSingleton<LinkDialer>();
        services.AddSingleton<NodeDirectory>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeDirectory>());

        services.AddSingleton<CallerStep>();
        services.AddSingleton<ConfigLookupStep>();
        services.AddSingleton<PermissionStep>();
        services.AddSingleton<ArgumentStep>();
        services.AddSingleton<NodeSelectionStep>();
        services.AddSingleton<ExecutionStep>();
        services.AddSingleton<CallPipeline>();
        services.AddSingleton<HttpCallEndpoint>();

        AddIdentity(services);
        AddHub(services);
        return builder;
    }

    /// <summary>Maps everything that the gateway answers: the hub, calls by HTTP, the cluster's endpoints and the admin API.</summary>
    public static WebApplication MapGenApiGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHub<GenApiHub>(GenApiHub.Path);
        var calls = app.Services.GetRequiredService<HttpCallEndpoint>();
        app.MapPost(HttpCallEndpoint.Route, calls.HandleAsync).ExcludeFromDescription();
        app.MapCluster();

        var admin = app.MapGroup("/admin").ExcludeFromDescription();
        admin.MapPost("/tokens", TokenEndpoint.CreateAsync).RequireAdmin(AdminAction.CreateToken);
        return app;
    }

    private static void AddIdentity(IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("GenApi");
        services.AddAuthentication(BearerTokenDefaults.AuthenticationScheme).AddBearerToken(options =>
            options.Events.OnMessageReceived = context =>
            {
                // Browsers cannot set headers on a WebSocket.
                if (context.Request.Path.StartsWithSegments(GenApiHub.Path) && context.Request.Query["access_token"] is { Count: > 0 } token)
                {
                    context.Token = token[0];
                }

                return Task.CompletedTask;
            });
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
