using System.Reflection;
using GenApi.Gateway.Configs;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace GenApi.Gateway.OpenApi;

/// <summary>Describes a snapshot's functions and routes as an OpenAPI 3.1 document.</summary>
internal sealed class OpenApiDescription(IOptionsMonitor<GenApiGatewayOptions> options)
{
    private static readonly string Version = typeof(OpenApiDescription).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public async Task<byte[]> WriteAsync(ConfigSnapshot snapshot)
    {
        var settings = options.CurrentValue;
        var document = new OpenApiDocument
        {
            Info = new OpenApiInfo
            {
                Title = settings.OpenApi.Title,
                Version = Version,
                Description = "Every function that is enabled now, and the plain HTTP routes. The same functions can be called over SignalR, at `/genapi`.",
            },
            Servers = [new OpenApiServer { Url = "/" }],
            Paths = [],
        };
        var functions = snapshot.EnabledFunctions().ToList();
        var services = functions.Select(function => function.Config.Service).Concat(snapshot.Services.Values.Where(service => service.HttpRoutes.Count > 0).Select(service => service.Name));
        document.Tags = services.Distinct().Order(StringComparer.Ordinal).Select(service => new OpenApiTag { Name = service }).ToHashSet();
        var shared = new SharedParts(document);
        var functionPaths = new FunctionPaths(document, shared, settings);
        functionPaths.AddTo(document.Paths, functions);
        new RoutePaths(document, shared, settings, functionPaths.UniqueId).AddTo(document.Paths, snapshot.Services.Values);

        using var buffer = new MemoryStream();
        await document.SerializeAsJsonAsync(buffer, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None).ConfigureAwait(false);
        return buffer.ToArray();
    }
}
