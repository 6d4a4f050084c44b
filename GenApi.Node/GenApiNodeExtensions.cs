using System.Text.Json.Serialization.Metadata;
using GenApi.Node.Functions;
using GenApi.Node.Link;
using GenApi.Node.Membership;
using GenApi.Node.Routes;
using GenApi.Protocol.Cluster;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;
using GenApi.Protocol.Link;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GenApi.Node;

/// <summary>Makes an ASP.NET Core application a GenApi node.</summary>
public static class GenApiNodeExtensions
{
    /// <summary>Registers the functions of a service. They are pushed to the gateway when the application has started.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="service">The service's name: 1 to 128 letters, digits, <c>_</c>, <c>-</c> or <c>.</c>.</param>
    /// <param name="configure">Registers the functions.</param>
    /// <exception cref="ArgumentException">The name cannot be a service's.</exception>
    public static IHostApplicationBuilder AddGenApiNode(this IHostApplicationBuilder builder, string service, Action<NodeBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        if (!FunConfigValidator.IsName(service))
        {
            throw new ArgumentException($"'{service}' cannot name a service; use 1 to 128 letters, digits, '_', '-' or '.'.", nameof(service));
        }

        var node = new NodeBuilder(service);
        configure(node);

        var services = builder.Services;
        services.AddOptions<GenApiNodeOptions>()
            .Bind(builder.Configuration.GetSection(GenApiNodeOptions.Section))
            .PostConfigure(options => options.ClusterToken ??= builder.Configuration["GenApi:ClusterToken"])
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<GenApiNodeOptions>, GenApiNodeOptionsValidator>();
        services.AddOptions<HostOptions>().Configure<IOptions<GenApiNodeOptions>>((host, own) =>
        {
            // The host must not cut short what the node may take to drain.
            var needed = own.Value.DrainTimeout + TimeSpan.FromSeconds(5);
            host.ShutdownTimeout = host.ShutdownTimeout < needed ? needed : host.ShutdownTimeout;
        });
        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpClient(GatewayClient.ClientName)
            .RemoveAllLoggers()
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) });
        services.AddSingleton(provider => node.Build(provider.GetService<IServiceProviderIsService>()));
        services.AddSingleton<GatewayRoutes>();
        services.AddSingleton<GatewayAddresses>();
        services.AddSingleton<GatewayClient>();
        services.AddSingleton<NodeAddress>();
        services.AddSingleton<LinkSessions>();
        services.AddSingleton<LinkEndpoint>();
        services.AddSingleton<NodeMembership>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeMembership>());
        services.AddHealthChecks().AddCheck<NodeHealthCheck>("genapi_node");
        return builder;
    }

    /// <summary>
    /// Maps what gateways need of a node: <c>/genapi/link</c>, <c>/genapi/config</c> and <c>/genapi/config/version</c>, all
    /// behind the cluster token.
    /// </summary>
    public static IEndpointConventionBuilder MapGenApiNode(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var group = endpoints.MapGroup("/genapi").ExcludeFromDescription();
        var link = endpoints.CreateApplicationBuilder();
        link.UseWebSockets();
        link.Run(http => http.RequestServices.GetRequiredService<LinkEndpoint>().HandleAsync(http));
        var path = FrameLayout.Path["/genapi".Length..];
        group.MapGet(path, LinkEndpoint.RequireClusterToken(link.Build()));
        group.MapGet("/config", LinkEndpoint.RequireClusterToken(http =>
            AnswerAsync(http, http.RequestServices.GetRequiredService<NodeMembership>().ToPushConfig(), ProtocolJson.Default.PushConfig)));
        group.MapGet("/config/version", LinkEndpoint.RequireClusterToken(http => AnswerAsync(
            http,
            new ConfigVersionAnswer(http.RequestServices.GetRequiredService<GatewayRoutes>().ConfigVersion),
            ProtocolJson.Default.ConfigVersionAnswer)));
        group.AllowAnonymous();
        return group;
    }

    private static Task AnswerAsync<T>(HttpContext http, T answer, JsonTypeInfo<T> type) =>
        http.Response.WriteAsJsonAsync(answer, type, cancellationToken: http.RequestAborted);
}
