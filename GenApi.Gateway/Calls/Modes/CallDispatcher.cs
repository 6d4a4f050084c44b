using System.Runtime.CompilerServices;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Calls.Modes;

/// <summary>
/// Answers calls in the mode of their function: sync at once; async, stream and none with an acknowledgement first. Both
/// doors come through here, and differ only in where later answers go.
/// </summary>
internal sealed class CallDispatcher(CallPipeline pipeline, WorkerPools pools, StreamRegistry streams, GatewayEvents events)
{
    /// <summary>Answers a call; what follows an acknowledgement goes to the sink.</summary>
    public ValueTask<CallResponse> CallAsync(Call call, IAnswerSink sink)
    {
        // Nearly every call is admitted without waiting, and then needs no state machine here.
        var admission = pipeline.AdmitAsync(call);
        if (!admission.IsCompletedSuccessfully)
        {
            return WaitAsync(admission, call, sink);
        }

        return admission.Result is { } refused ? new(refused) : AnswerAsync(call, sink);
    }

    /// <summary>Finds out whether a call may run.</summary>
    /// <returns>The answer that refuses it; null when it may, and then it must be answered or streamed.</returns>
    public ValueTask<CallResponse?> AdmitAsync(Call call) => pipeline.AdmitAsync(call);

    /// <summary>Answers an admitted call; what follows an acknowledgement goes to the sink.</summary>
    public ValueTask<CallResponse> AnswerAsync(Call call, IAnswerSink sink)
    {
        switch (call.Function.Config.ResponseType)
        {
            case ResponseType.Async:
                call.Aborted = sink.Gone;
                return new(StartInBackground(call, sink) ?? Acknowledgement(call));
            case ResponseType.None:
                call.Aborted = CancellationToken.None;
                return new(StartInBackground(call, null) ?? Acknowledgement(call));
            case ResponseType.Stream:
                return new(StartStream(call, sink) ?? Acknowledgement(call) with { HasMore = true });
            default:
                return pipeline.CompleteAsync(call);
        }
    }

    /// <summary>Ends an admitted call that cannot be answered after all.</summary>
    public CallResponse Fail(Call call, CallError error) => pipeline.Fail(call, error);

    /// <summary>Answers an admitted call of a stream function with its chunks.</summary>
    /// <param name="call">The call.</param>
    /// <param name="owner">Who may stop the stream.</param>
    /// <param name="aborted">Ends when the client is gone.</param>
    public async IAsyncEnumerable<CallResponse> StreamAsync(Call call, string owner, [EnumeratorCancellation] CancellationToken aborted)
    {
        using var open = streams.TryAdd(owner, call, aborted);
        if (open is null)
        {
            yield return pipeline.Fail(call, AlreadyStreaming);
            yield break;
        }

        if (pools.Stream.TryReserve(call) is { } full)
        {
            yield return pipeline.Fail(call, full);
            yield break;
        }

        await foreach (var response in RunStreamAsync(call, open).ConfigureAwait(false))
        {
            yield return response;
        }
    }

    private async ValueTask<CallResponse> WaitAsync(ValueTask<CallResponse?> admission, Call call, IAnswerSink sink) =>
        await admission.ConfigureAwait(false) ?? await AnswerAsync(call, sink).ConfigureAwait(false);

    private static CallError AlreadyStreaming { get; } = new(
        ErrorCode.InvalidRequest,
        "A stream with this request_id is under way on this connection; use another request_id.");

    private static CallResponse Acknowledgement(Call call) => new() { RequestId = call.Request.RequestId, Success = true, Async = true };

    private CallResponse? StartInBackground(Call call, IAnswerSink? sink)
    {
        if (pools.Async.TryReserve(call) is { } full)
        {
            return pipeline.Fail(call, full);
        }

        _ = Task.Run(async () =>
        {
            var noTurn = await pools.Async.EnterAsync(call, call.Aborted).ConfigureAwait(false);
            var response = noTurn is null
                ? await pipeline.CompleteAsync(call).ConfigureAwait(false)
                : pipeline.Fail(call, noTurn);
            pools.Async.Leave(call, noTurn is null, call.Error);
            if (sink is not null)
            {
                await DeliverAsync(sink, response with { Async = true }).ConfigureAwait(false);
            }
        });
        return null;
    }

    private CallResponse? StartStream(Call call, IAnswerSink sink)
    {
        var open = streams.TryAdd(sink.Owner, call, sink.Gone);
        if (open is null)
        {
            return pipeline.Fail(call, AlreadyStreaming);
        }

        if (pools.Stream.TryReserve(call) is { } full)
        {
            open.Dispose();
            return pipeline.Fail(call, full);
        }

        _ = Task.Run(async () =>
        {
            using (open)
            {
                await foreach (var response in RunStreamAsync(call, open).ConfigureAwait(false))
                {
                    await DeliverAsync(sink, response).ConfigureAwait(false);
                }
            }
        });
        return null;
    }

    private static string EndOf(Call call, StreamRegistry.OpenStream open) =>
        open.IsStopped ? "stopped"
        : open.Ending.IsCancellationRequested || call.Error is null ? "client_gone"
        : call.Error.Code.Name;

    /// <summary>A client that is gone takes no answers; the call has ended all the same.</summary>
    private static async ValueTask DeliverAsync(IAnswerSink sink, CallResponse response)
    {
        if (!sink.Gone.IsCancellationRequested)
        {
            await sink.DeliverAsync(response).ConfigureAwait(false);
        }
    }

    /// <summary>The chunks of a stream that has a place in the pool, ending with exactly one answer that has no more behind it.</summary>
    private async IAsyncEnumerable<CallResponse> RunStreamAsync(Call call, StreamRegistry.OpenStream open)
    {
        call.Aborted = open.Ending;
        var noTurn = await pools.Stream.EnterAsync(call, open.Ending).ConfigureAwait(false);
        var started = call.PoolTimestamp;
        var completed = false;
        try
        {
            if (noTurn is not null)
            {
                pipeline.Fail(call, noTurn);
            }
            else
            {
                events.StreamStarted(call);
                call.Trace?.StreamStarted();
                await foreach (var response in pipeline.StreamAsync(call).ConfigureAwait(false))
                {
                    completed = !response.HasMore;
                    yield return response;
                }
            }

            if (open.IsStopped && call.Error is not null)
            {
                yield return Acknowledgement(call) with { Result = RawJson.Null };
            }
            else if (call.Error is { } error)
            {
                yield return CallResponse.Failed(call.Request.RequestId, error) with { Async = true };
            }
        }
        finally
        {
            if (noTurn is null)
            {
                events.StreamStopped(call, started, call.Chunks, completed ? "completed" : EndOf(call, open));
                call.Trace?.StreamEnded();
            }

            pools.Stream.Leave(call, noTurn is null, open.Ending.IsCancellationRequested ? null : call.Error);
        }
    }
}
