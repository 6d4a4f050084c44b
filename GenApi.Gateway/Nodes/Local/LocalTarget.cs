using GenApi.Gateway.Nodes.Links;
using GenApi.Node.Functions;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;
using GenApi.Protocol.Link;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Nodes.Local;

/// <summary>This process as a node, for functions whose config says <c>nodes: "local"</c>.</summary>
internal sealed class LocalTarget(
    LocalFunctions functions,
    IServiceProvider services,
    IOptions<GenApiGatewayOptions> options,
    TimeProvider time,
    ILogger<LocalCall> logger) : CallTarget("local", new CircuitBreaker(options.Value.Nodes.Breaker, time, static _ => { }))
{
    private int _inFlight;

    public override bool IsReachable => true;

    /// <summary>Whether this process hosts a function.</summary>
    public bool Has(string function) => functions.Find(function) is not null;

    public override int InFlight => Volatile.Read(ref _inFlight);

    public override ValueTask<LinkReply> CallAsync(CallFlags flags, in CallHeader header, RawJson args, long deadline, IFrameObserver? observer, CancellationToken aborted)
    {
        if (functions.Find(header.Function) is not { } function)
        {
            return new(Unknown(header.Function));
        }

        var call = new LocalCall(null, services, time, logger);
        var running = CountAsync(call.RunAsync(function.Invoker, header, args, deadline, aborted));
        return flags.HasFlag(CallFlags.NoReply) ? new(new LinkReply(LinkReplyKind.Result)) : new(running);
    }

    public override PendingStream? OpenStream(in CallHeader header, RawJson args, long deadline, IFrameObserver? observer)
    {
        var source = new LocalStreamSource();
        var stream = new PendingStream(source, PendingStream.DefaultWindow) { Deadline = deadline };
        if (functions.Find(header.Function) is { } function)
        {
            _ = StreamAsync(function, source, stream, header, args, deadline);
        }
        else
        {
            stream.Complete(Unknown(header.Function));
        }

        return stream;
    }

    private static LinkReply Unknown(string function) => new(
        LinkReplyKind.Error,
        Error: new CallError(ErrorCode.NotFound, $"The gateway hosts no function '{function}'."));

    private async Task StreamAsync(FunctionDefinition function, LocalStreamSource source, PendingStream stream, CallHeader header, RawJson args, long deadline)
    {
        // Not on the caller's thread: a function may produce many chunks before it first waits.
        await Task.Yield();
        using var ending = source;
        var call = new LocalCall((stream, source), services, time, logger);
        stream.Complete(await CountAsync(call.RunAsync(function.Invoker, header, args, deadline, source.Stopped)).ConfigureAwait(false));
    }

    private async Task<LinkReply> CountAsync(Task<LinkReply> running)
    {
        Interlocked.Increment(ref _inFlight);
        try
        {
            return await running.ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }
}
