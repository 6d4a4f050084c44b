using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GenApi.Gateway.Nodes.Links;
using GenApi.Node.Calls;
using GenApi.Node.Functions;
using GenApi.Node.Signatures;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;
using GenApi.Protocol.Link;

namespace GenApi.Gateway.Nodes.Local;

/// <summary>One run of a function in this process.</summary>
internal sealed partial class LocalCall(
    (PendingStream Stream, LocalStreamSource Source)? stream,
    IServiceProvider services,
    TimeProvider time,
    ILogger<LocalCall> logger) : ICallOutput
{
    private LinkReply? _reply;

    /// <summary>Runs the function to its one reply. Never throws.</summary>
    public async Task<LinkReply> RunAsync(FunctionInvoker invoker, CallHeader header, RawJson args, long deadline, CancellationToken aborted)
    {
        // CancelAsync keeps to itself what the function's own registrations throw.
        using var cancellation = new CancellationTokenSource();
        using var whenAborted = aborted.UnsafeRegister(static source => _ = ((CancellationTokenSource)source!).CancelAsync(), cancellation);
        using var whenLate = deadline == long.MaxValue
            ? null
            : time.CreateTimer(static source => _ = ((CancellationTokenSource)source!).CancelAsync(), cancellation, TimeLeft(deadline), Timeout.InfiniteTimeSpan);

        try
        {
            var running = invoker.InvokeAsync(new Invocation(header, args.Utf8, this, services, cancellation.Token)).AsTask();
            await running.WaitAsync(cancellation.Token).ConfigureAwait(false);
            return _reply ?? new LinkReply(LinkReplyKind.Result);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new LinkReply(aborted.IsCancellationRequested ? LinkReplyKind.Cancelled : LinkReplyKind.TimedOut);
        }
        catch (UnavailableException error)
        {
            return new LinkReply(LinkReplyKind.Error, Error: new CallError(ErrorCode.Unavailable, error.Message));
        }
        catch (FunctionException error)
        {
            return Failed(error.Message);
        }
        catch (Exception error)
        {
            // Whatever the function throws, the caller gets an answer.
            Log.FunctionThrew(logger, error, header.Function, header.RequestId);
            return Failed(error.Message);
        }
    }

    public ValueTask ResultAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        _reply ??= new LinkReply(LinkReplyKind.Result, new RawJson(JsonSerializer.SerializeToUtf8Bytes(value, type)));
        return ValueTask.CompletedTask;
    }

    public async ValueTask ItemAsync<T>(T item, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        if (stream is not { } open)
        {
            throw new InvalidOperationException("The gateway did not ask for a stream; set response_type to stream.");
        }

        var chunk = JsonSerializer.SerializeToUtf8Bytes(item, type);
        await open.Source.Window.TakeAsync(chunk.Length + FrameLayout.HeaderSize, cancellationToken).ConfigureAwait(false);
        open.Stream.Add(new RawJson(chunk));
    }

    public ValueTask LastItemAsync<T>(T item, JsonTypeInfo<T> type, CancellationToken cancellationToken) => ResultAsync(item, type, cancellationToken);

    public ValueTask EndAsync(CancellationToken cancellationToken)
    {
        _reply ??= new LinkReply(LinkReplyKind.Result);
        return ValueTask.CompletedTask;
    }

    public ValueTask ErrorAsync(CallError error, CancellationToken cancellationToken)
    {
        _reply ??= new LinkReply(LinkReplyKind.Error, Error: error);
        return ValueTask.CompletedTask;
    }

    private TimeSpan TimeLeft(long deadline)
    {
        var left = TimeSpan.FromSeconds((deadline - time.GetTimestamp()) / (double)time.TimestampFrequency);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static LinkReply Failed(string message) => new(LinkReplyKind.Error, Error: new CallError(ErrorCode.FunctionError, message));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The local function {Function} threw on request {RequestId}.")]
        public static partial void FunctionThrew(ILogger logger, Exception error, string function, string? requestId);
    }
}
