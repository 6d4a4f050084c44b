using System.Reflection;
using GenApi.Gateway;
using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GenApi.Tests.Gateway;

/// <summary>The endpoints of the admin API read requests, and leave the work to <see cref="IGatewayDiagnostics"/>.</summary>
public sealed class AdminEndpointTests : IAsyncDisposable
{
    private readonly WebApplication _gateway;

    public AdminEndpointTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.AddGenApiGateway();
        _gateway = builder.Build();
        _gateway.MapGenApiGateway();
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public void Every_endpoint_asks_the_one_interface_and_no_other_service()
    {
        var handlers = ((IEndpointRouteBuilder)_gateway).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("admin", StringComparison.Ordinal))
            .ToList();
        Assert.True(handlers.Count > 35, $"Only {handlers.Count} endpoints found.");

        foreach (var endpoint in handlers)
        {
            var parameters = endpoint.Metadata.GetRequiredMetadata<MethodInfo>().GetParameters().Select(parameter => parameter.ParameterType).ToList();

            Assert.True(parameters.Contains(typeof(IGatewayDiagnostics)), $"{endpoint.RoutePattern.RawText} does not ask IGatewayDiagnostics.");
            Assert.All(parameters, type => Assert.True(IsOfTheRequest(type) || IsOfTheDoor(type) || type == typeof(IGatewayDiagnostics), $"{endpoint.RoutePattern.RawText} asks {type.Name}."));
        }
    }

    private static bool IsOfTheRequest(Type type) =>
        type == typeof(HttpContext) || type == typeof(CancellationToken) || type == typeof(string) || (Nullable.GetUnderlyingType(type) ?? type).IsPrimitive;

    /// <summary>Whether a push is allowed depends on what stands in it.</summary>
    private static bool IsOfTheDoor(Type type) => type == typeof(AdminGate) || type == typeof(IOptionsMonitor<GenApiGatewayOptions>);
}
