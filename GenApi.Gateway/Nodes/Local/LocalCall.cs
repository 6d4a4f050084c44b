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
    private readonly TaskCompletionSource<LinkReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs the function to its one reply, which may come before the function ends. Never throws.</summary>
    public Task<LinkReply> RunAsync(FunctionInvoker invoker, CallHeader header, RawJson args, long deadline, CancellationToken aborted)
    {
        _ = InvokeAsync(invoker, header, args, deadline, aborted);
        return _reply.Task;
    }

    private async Task InvokeAsync(FunctionInvoker invoker, CallHeader header, RawJson args, long deadline, CancellationToken aborted)
    {
        // CancelAsync keeps to itself what the function's own registrations throw.
        using var cancellation = new CancellationTokenSource();
        using var whenAborted = aborted.UnsafeRegister(static source => _ = ((CancellationTokenSource)source!).CancelAsync(), cancellation);
        using var whenLate = deadline == long.MaxValue
            ? null
            : time.CreateTimer(static source => _ = ((CancellationTokenSource)source!).CancelAsync(), cancellation, TimeLeft(deadline), Timeout.InfiniteTimeSpan);

        // A function that does not listen to its token keeps nobody waiting.
        using var whenOver = cancellation.Token.UnsafeRegister(_ => _reply.TrySetResult(GivenUp(aborted)), null);
        try
        {
            await invoker.InvokeAsync(new Invocation(header, args.Utf8, this, services, cancellation.Token)).ConfigureAwait(false);
            _reply.TrySetResult(new LinkReply(LinkReplyKind.Result));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _reply.TrySetResult(GivenUp(aborted));
        }
        catch (UnavailableException error)
        {
            _reply.TrySetResult(new LinkReply(LinkReplyKind.Error, Error: new CallError(ErrorCode.Unavailable, error.Message)));
        }
        catch (LocalRefusalException error)
        {
            _reply.TrySetResult(new LinkReply(LinkReplyKind.Error, Error: error.Error));
        }
        catch (FunctionException error)
        {
            _reply.TrySetResult(Failed(error.Message));
        }
        catch (Exception error)
        {
            // Whatever the function throws, the caller gets an answer.
            Log.FunctionThrew(logger, error, header.Function, header.RequestId);
            _reply.TrySetResult(Failed(error.Message));
        }
    }

    public ValueTask ResultAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        _reply.TrySetResult(new LinkReply(LinkReplyKind.Result, new RawJson(JsonSerializer.SerializeToUtf8Bytes(value, type))));
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
        _reply.TrySetResult(new LinkReply(LinkReplyKind.Result));
        return ValueTask.CompletedTask;
    }

    public ValueTask ErrorAsync(CallError error, CancellationToken cancellationToken)
    {
        _reply.TrySetResult(new LinkReply(LinkReplyKind.Error, Error: error));
        return ValueTask.CompletedTask;
    }

    /// <summary>The reply when the call was given up.</summary>
    private static LinkReply GivenUp(CancellationToken aborted) => new(aborted.IsCancellationRequested ? LinkReplyKind.Cancelled : LinkReplyKind.TimedOut);

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
