using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GenApi.Gateway.Configs;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.OpenApi;

/// <summary>
/// One example request for each enabled function, in the form of the seed's JSON export: an object with a member for each,
/// named by the function and what it does, with the hub's event and what to send.
/// </summary>
internal sealed class ExampleRequests(IOptionsMonitor<GenApiGatewayOptions> options)
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public byte[] Write(ConfigSnapshot snapshot)
    {
        var eventName = options.CurrentValue.EventName;
        var all = new JsonObject();
        var requests = 0;
        var functions = snapshot.EnabledFunctions().ToList();
        var ambiguous = functions.GroupBy(NameOf).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet();
        foreach (var function in functions)
        {
            var config = function.Config;
            var name = NameOf(function);
            var data = new JsonObject
            {
                ["user_id"] = ExampleArguments.UserId,
                ["device_id"] = "device_1",
                ["service"] = config.Service,
                ["request_type"] = config.RequestType,
                ["request_id"] = $"request_{++requests}",
                ["args"] = ExampleArguments.Of(config),
            };
            if (config.Version is { } version)
            {
                data["version"] = version;
            }

            all[ambiguous.Contains(name) ? $"{name} ({config.Key})" : name] = new JsonObject { ["event"] = eventName, ["data"] = data };
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            all.WriteTo(writer);
        }

        return buffer.ToArray();
    }

    private static string NameOf(FunctionEntry function) =>
        function.Config.Description is { Length: > 0 } description ? $"{function.Config.RequestType} - {description}" : function.Config.RequestType;
}
