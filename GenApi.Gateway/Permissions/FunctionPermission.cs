using System.Buffers;
using System.Text.Json;
using GenApi.Gateway.Calls;
using GenApi.Gateway.Nodes;
using GenApi.Gateway.Nodes.Links;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Permissions;

/// <summary>
/// <c>permission_callback: {"function":"NAME"}</c>: a function on the node answers <c>true</c> or <c>false</c>. It gets the
/// arguments as <c>args</c> and learns who calls. Everything but a clear yes denies.
/// </summary>
internal sealed partial class FunctionPermission(string function, int timeoutMs, IServiceProvider services) : PermissionCheck
{
    public override string Strategy => "custom_function";

    public override bool AsksNode => true;

    public override string Description => $"Requires the node's function '{function}' to answer true";

    public override async ValueTask<CallError?> CheckAsync(Call call)
    {
        var buffer = new ArrayBufferWriter<byte>(call.Args.Utf8.Length + 16);
        buffer.Write("{\"args\":"u8);
        buffer.Write(call.Args.Utf8.Span);
        buffer.Write("}"u8);

        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(timeoutMs), services.GetRequiredService<TimeProvider>());
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, call.Aborted);
        var reply = await services.GetRequiredService<FunctionCaller>()
            .CallAsync(call, function, new RawJson(buffer.WrittenMemory), patience.Token).ConfigureAwait(false);
        if (reply.Kind == LinkReplyKind.Result)
        {
            var reader = new Utf8JsonReader(reply.Result.Utf8.Span);
            return reader.Read() && reader.TokenType == JsonTokenType.True ? null : Denied("The permission callback does not admit the caller.");
        }

        Log.Failed(services.GetRequiredService<ILogger<FunctionPermission>>(), function, call.Request.RequestId, reply.Error?.Message ?? reply.Kind.ToString());
        return Denied("The permission callback gave no answer.");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The permission callback {Function} failed on request {RequestId}; the call is denied: {Reason}")]
        public static partial void Failed(ILogger logger, string function, string requestId, string reason);
    }
}
