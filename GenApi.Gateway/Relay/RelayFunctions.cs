using System.Text.Json;
using GenApi.Gateway.Nodes.Local;
using GenApi.Node.Calls;
using GenApi.Node.Functions;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Relay;

/// <summary>The seed's function form of a message: <c>relay_msg</c>, hosted in the gateway, with the checks and limits of any function.</summary>
internal static class RelayFunctions
{
    public const string Relay = "relay_msg";

    public static FunctionRegistry Build(string service, IServiceProvider services)
    {
        var node = new NodeBuilder(service);
        node.Map(Relay, RelayAsync).RequireAuthenticated().WithDescription("Sends a message to the members of a group.");
        return node.Build(services.GetService<IServiceProviderIsService>());
    }

    private static async Task<RelayedMessage> RelayAsync(string groupId, JsonElement message, CallContext call, RelayGroups groups, CancellationToken cancellationToken)
    {
        var sent = await groups.RelayAsync(groupId, call.UserId ?? "", new RawJson(JsonSerializer.SerializeToUtf8Bytes(message, ProtocolJson.Default.JsonElement)), cancellationToken)
            .ConfigureAwait(false);
        return sent.Error is { } error ? throw new LocalRefusalException(error) : sent.Value!;
    }
}
