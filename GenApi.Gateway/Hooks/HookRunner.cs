using System.Buffers;
using System.Text.Json;
using GenApi.Gateway.Calls;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.Nodes.Links;
using GenApi.Gateway.RateLimits;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Hooks;

/// <summary>Runs a hook where it lives: a class of the gateway, or a function on a node.</summary>
internal sealed class HookRunner(IServiceProvider services, FunctionCaller functions)
{
    /// <exception cref="HookFailedException">The hook is missing, failed, or answered what nobody understands.</exception>
    /// <exception cref="OperationCanceledException">The hook took too long.</exception>
    public async ValueTask<BeforeCallResult> BeforeAsync(HookRef hook, Call call, CancellationToken cancellationToken) => hook switch
    {
        HookRef.Gateway { Name: var name } => await Find<IBeforeCall>(name).BeforeAsync(ToHookCall(call), cancellationToken).ConfigureAwait(false),
        HookRef.Function { Name: var name } => ReadBefore(await CallNodeAsync(call, name, null, cancellationToken).ConfigureAwait(false)),
        _ => BeforeCallResult.Continue,
    };

    /// <exception cref="HookFailedException">The hook is missing, failed, or answered what nobody understands.</exception>
    /// <exception cref="OperationCanceledException">The hook took too long.</exception>
    public async ValueTask<RawJson?> AfterAsync(HookRef hook, Call call, CallResponse response, CancellationToken cancellationToken) => hook switch
    {
        HookRef.Gateway { Name: var name } => await Find<IAfterCall>(name).AfterAsync(ToHookCall(call), response, cancellationToken).ConfigureAwait(false),
        HookRef.Function { Name: var name } => ReadAfter(await CallNodeAsync(call, name, response, cancellationToken).ConfigureAwait(false)),
        _ => null,
    };

    /// <summary>A hook in one phrase, for diagnostics.</summary>
    public static string Describe(string which, HookRef? hook, int timeoutMs) => hook switch
    {
        HookRef.Gateway { Name: var name } => $"{which} hook: the gateway's '{name}', within {ReadableTime.Exact(timeoutMs)}",
        HookRef.Function { Name: var name } => $"{which} hook: the node's function '{name}', within {ReadableTime.Exact(timeoutMs)}",
        _ => $"{which} hook (none configured)",
    };

    /// <summary>What a config names as a hook of the gateway that is not there; null: it is there, or somewhere else.</summary>
    public string? NameMissing<T>(HookRef? hook)
        where T : class =>
        hook is HookRef.Gateway { Name: var name } && services.GetKeyedService<T>(name) is null ? NotRegistered<T>(name) : null;

    private static string NotRegistered<T>(string name) => $"no {typeof(T).Name} is registered as '{name}'";

    private static HookCall ToHookCall(Call call)
    {
        var config = call.Function.Config;
        return new HookCall(call.Request.RequestId, config.Service, config.RequestType, config.Version, call.UserId, call.DeviceId, call.Roles, call.Args);
    }

    private T Find<T>(string name)
        where T : class =>
        services.GetKeyedService<T>(name) ?? throw new HookFailedException(NotRegistered<T>(name));

    /// <summary>A node's hook gets the arguments as <c>args</c>, and an after hook the answer as <c>response</c>.</summary>
    private async ValueTask<JsonElement> CallNodeAsync(Call call, string function, CallResponse? response, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(call.Args.Utf8.Length + 64);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("args");
            writer.WriteRawValue(call.Args.Utf8.Span, skipInputValidation: true);
            if (response is not null)
            {
                writer.WritePropertyName("response");
                JsonSerializer.Serialize(writer, response, ProtocolJson.Default.CallResponse);
            }

            writer.WriteEndObject();
        }

        var reply = await functions.CallAsync(call, function, new RawJson(buffer.WrittenMemory), cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (reply.Kind != LinkReplyKind.Result)
        {
            throw new HookFailedException($"the node's function '{function}' failed: {reply.Error?.Message ?? reply.Kind.ToString()}");
        }

        using var document = JsonDocument.Parse(reply.Result.IsEmpty ? "null"u8.ToArray() : reply.Result.Utf8);
        return document.RootElement.Clone();
    }

    private static BeforeCallResult ReadBefore(JsonElement answer) => answer.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.True => BeforeCallResult.Continue,
        JsonValueKind.False => BeforeCallResult.Reject("The before hook refused the call."),
        JsonValueKind.Object when Member(answer, "reject") is { } reason => BeforeCallResult.Reject(
            reason.ValueKind == JsonValueKind.String ? reason.GetString()! : "The before hook refused the call."),
        JsonValueKind.Object when Member(answer, "args") is { ValueKind: JsonValueKind.Object } args => BeforeCallResult.WithArgs(RawJson.FromString(args.GetRawText())),
        JsonValueKind.Object => BeforeCallResult.Continue,
        _ => throw new HookFailedException("it answered neither null, true, false, {\"reject\":…} nor {\"args\":{…}}"),
    };

    private static RawJson? ReadAfter(JsonElement answer) => answer.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.True => null,
        JsonValueKind.Object => answer.TryGetProperty("result", out var result) ? RawJson.FromString(result.GetRawText()) : null,
        _ => throw new HookFailedException("it answered neither null, true nor {\"result\":…}"),
    };

    private static JsonElement? Member(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}

/// <summary>A hook could not do its part.</summary>
internal sealed class HookFailedException(string message) : Exception(message);
