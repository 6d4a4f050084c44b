using System.Buffers;
using System.Reflection;
using System.Text;
using GenApi.Gateway.Configs;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace GenApi.Gateway.OpenApi;

/// <summary>Describes a snapshot's functions and routes as an OpenAPI 3.1 document.</summary>
internal sealed class OpenApiDescription(IOptionsMonitor<GenApiGatewayOptions> options)
{
    private static readonly string Version = typeof(OpenApiDescription).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static readonly SearchValues<byte> Unescaped = SearchValues.Create([.. Enumerable.Range(0, ' ').Select(code => (byte)code).Where(code => code is not ((byte)'\n' or (byte)'\r' or (byte)'\t'))]);

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
        return Escaped(buffer.ToArray());
    }

    /// <summary>The writer leaves most control characters of texts as they are, which is no JSON. Between texts it writes line breaks at most.</summary>
    private static byte[] Escaped(byte[] json)
    {
        var rest = json.AsSpan();
        if (rest.IndexOfAny(Unescaped) < 0)
        {
            return json;
        }

        var escaped = new ArrayBufferWriter<byte>(json.Length + 1024);
        for (int at; (at = rest.IndexOfAny(Unescaped)) >= 0; rest = rest[(at + 1)..])
        {
            escaped.Write(rest[..at]);
            escaped.Write(Encoding.ASCII.GetBytes($"\\u{rest[at]:x4}"));
        }

        escaped.Write(rest);
        return escaped.WrittenSpan.ToArray();
    }
}
