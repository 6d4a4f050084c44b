using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GenApi.Node.Calls;
using GenApi.Node.Functions;
using GenApi.Node.Signatures;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Link;
using Microsoft.Extensions.Logging;

namespace GenApi.Node.Link;

/// <summary>One call that came over a link: runs the function on the thread pool and sends back what it answers.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The call disposes of its cancellation source itself, when it ends.")]
internal sealed partial class NodeCall : IThreadPoolWorkItem, ICallOutput
{
    // Each thread keeps one writer, because making one costs more than a small result.
    [ThreadStatic]
    private static Utf8JsonWriter? t_writer;

    private readonly LinkSession _session;
    private readonly FunctionInvoker _invoker;
    private readonly ulong _callId;
    private readonly CallFlags _flags;
    private readonly CallHeader _header;
    private readonly byte[] _args;
    private readonly int _argsLength;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource? _cancellation;
    private readonly StreamWindow? _window;
    private int _answered;

    private NodeCall(LinkSession session, FunctionInvoker invoker, ulong callId, CallFlags flags, in CallHeader header, ReadOnlySpan<byte> args, ILogger logger)
    {
        _session = session;
        _invoker = invoker;
        _callId = callId;
        _flags = flags;
        _header = header;
        _logger = logger;
        _argsLength = args.Length;
        _args = ArrayPool<byte>.Shared.Rent(args.Length);
        args.CopyTo(_args);
        if (invoker.NeedsCancellation)
        {
            _cancellation = new CancellationTokenSource();
        }

        if (flags.HasFlag(CallFlags.Stream))
        {
            _window = new StreamWindow(header.Window);
        }
    }

    public static void Start(LinkSession session, FunctionInvoker invoker, ulong callId, CallFlags flags, in CallHeader header, ReadOnlySpan<byte> args, ILogger logger)
    {
        var call = new NodeCall(session, invoker, callId, flags, header, args, logger);
        if (call._cancellation is not null)
        {
            // On the receive loop, so that a CANCEL that follows at once finds the call.
            session.Register(callId, call);
        }

        ThreadPool.UnsafeQueueUserWorkItem(call, preferLocal: false);
    }

    /// <summary>Nobody waits for the answer any more.</summary>
    public void Cancel()
    {
        try
        {
            // On another thread, because what the function has registered runs right here otherwise, on the receive loop.
            _ = _cancellation?.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The call has just finished.
        }
    }

    public void AddCredit(uint bytes) => _window?.Add(bytes);

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    public ValueTask ResultAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        // Serialized before the call counts as answered: a value that cannot be is an error like any other.
        using var buffer = new FrameWriter(256);
        if (!_flags.HasFlag(CallFlags.NoReply))
        {
            Serialize(buffer, value, type);
        }

        if (Interlocked.Exchange(ref _answered, 1) != 0 || _flags.HasFlag(CallFlags.NoReply))
        {
            return ValueTask.CompletedTask;
        }

        if (_session.Connection.FitsPeer(buffer.Length))
        {
            _session.Connection.Send(FrameType.Result, 0, _callId, buffer.Written.Span);
        }
        else
        {
            _session.SendError(_callId, TooLarge("result", buffer.Length));
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask ItemAsync<T>(T item, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendItemAsync(item, type, ItemFlags.None, cancellationToken);

    public ValueTask LastItemAsync<T>(T item, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendItemAsync(item, type, ItemFlags.Last, cancellationToken);

    public ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _answered, 1) == 0 && !_flags.HasFlag(CallFlags.NoReply))
        {
            _session.Connection.Send(FrameType.End, 0, _callId, []);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask ErrorAsync(CallError error, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _answered, 1) == 0 && !_flags.HasFlag(CallFlags.NoReply))
        {
            _session.SendError(_callId, error);
        }

        return ValueTask.CompletedTask;
    }

    private CallError TooLarge(string what, int bytes) => new(
        ErrorCode.FunctionError,
        $"The {what} has {bytes} bytes; the gateway takes at most {_session.Connection.PeerMaxFrameBytes - FrameLayout.HeaderSize}.");

    private static void Serialize<T>(FrameWriter buffer, T value, JsonTypeInfo<T> type)
    {
        // A converter may itself call the serializer, so the writer is taken while it is in use.
        var writer = t_writer ?? new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, Encoder = type.Options.Encoder });
        t_writer = null;
        writer.Reset(buffer);
        JsonSerializer.Serialize(writer, value, type);
        writer.Flush();
        writer.Reset(NoBuffer.Instance);
        t_writer = writer;
    }

    private async ValueTask SendItemAsync<T>(T item, JsonTypeInfo<T> type, ItemFlags flags, CancellationToken cancellationToken)
    {
        if (_flags.HasFlag(CallFlags.NoReply))
        {
            return;
        }

        if (_window is null)
        {
            throw new InvalidOperationException("The gateway did not ask for a stream; set response_type to stream.");
        }

        using var buffer = new FrameWriter(256);
        Serialize(buffer, item, type);
        if (!_session.Connection.FitsPeer(buffer.Length))
        {
            throw new FunctionException(TooLarge("chunk", buffer.Length).Message);
        }

        await _window.TakeAsync(buffer.Length + FrameLayout.HeaderSize, cancellationToken).ConfigureAwait(false);
        if (flags.HasFlag(ItemFlags.Last) ? Interlocked.Exchange(ref _answered, 1) == 0 : Volatile.Read(ref _answered) == 0)
        {
            _session.Connection.Send(FrameType.Item, (byte)flags, _callId, buffer.Written.Span);
        }

        await _session.Connection.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        using var activity = NodeTelemetry.StartCall(_session.Service, _header);

        // Not CancelAfter, which runs what the function has registered on the timer's thread, where a throw ends the process.
        using var deadline = _cancellation is not null && _header.TimeoutMs > 0
            ? new Timer(static call => ((NodeCall)call!).Cancel(), this, _header.TimeoutMs, Timeout.Infinite)
            : null;
        try
        {
            // A gateway that reads more slowly than we answer gets no more work done for it than it can take.
            await _session.Connection.WaitForRoomAsync(CancellationToken.None).ConfigureAwait(false);
            var invocation = new Invocation(_header, _args.AsMemory(0, _argsLength), this, _session.Services, _cancellation?.Token ?? CancellationToken.None);
            await _invoker.InvokeAsync(invocation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_cancellation is { IsCancellationRequested: true })
        {
            activity.Fail(ErrorCode.Timeout, "cancelled");
            await ErrorAsync(new CallError(ErrorCode.Timeout, "The call was cancelled."), CancellationToken.None).ConfigureAwait(false);
        }
        catch (UnavailableException error)
        {
            activity.Fail(ErrorCode.Unavailable, error.Message);
            await ErrorAsync(new CallError(ErrorCode.Unavailable, error.Message), CancellationToken.None).ConfigureAwait(false);
        }
        catch (FunctionException error)
        {
            activity.Fail(ErrorCode.FunctionError, error.Message);
            Log.FunctionFailed(_logger, error.InnerException, _header.Function, _header.RequestId, error.Message);
            await ErrorAsync(new CallError(ErrorCode.FunctionError, error.Message), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // Whatever the function throws, the caller gets an answer and the node goes on.
            activity.Fail(ErrorCode.FunctionError, error.Message);
            activity?.AddException(error);
            Log.FunctionThrew(_logger, error, _header.Function, _header.RequestId);
            await ErrorAsync(new CallError(ErrorCode.FunctionError, error.Message), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_args);
            _session.Finish(_callId, _cancellation is not null);
            _cancellation?.Dispose();
        }
    }

    /// <summary>Where a writer points while it is not in use.</summary>
    private sealed class NoBuffer : IBufferWriter<byte>
    {
        public static NoBuffer Instance { get; } = new();

        public void Advance(int count) => throw new InvalidOperationException("The writer is not in use.");

        public Memory<byte> GetMemory(int sizeHint = 0) => throw new InvalidOperationException("The writer is not in use.");

        public Span<byte> GetSpan(int sizeHint = 0) => throw new InvalidOperationException("The writer is not in use.");
    }

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Information, "The function {Function} answered request {RequestId} with an error: {Message}")]
        public static partial void FunctionFailed(ILogger logger, Exception? cause, string function, string? requestId, string message);

        [LoggerMessage(11, LogLevel.Error, "The function {Function} threw on request {RequestId}.")]
        public static partial void FunctionThrew(ILogger logger, Exception error, string function, string? requestId);
    }
}
