using System.Threading.Tasks.Sources;
using Microsoft.Extensions.ObjectPool;

namespace GenApi.Gateway.Nodes.Links;

/// <summary>
/// A call that waits for its reply. Used again and again, so that waiting allocates nothing: whoever takes it out of
/// <see cref="PendingCalls"/> completes it, and reading the reply gives it back.
/// </summary>
internal sealed class PendingCall : PendingEntry, IValueTaskSource<LinkReply>
{
    private static readonly ObjectPool<PendingCall> Pool = new DefaultObjectPool<PendingCall>(new DefaultPooledObjectPolicy<PendingCall>(), 4096);

    private ManualResetValueTaskSourceCore<LinkReply> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _aborted;

    /// <summary>The link that has the call.</summary>
    public NodeLinkSession? Session { get; private set; }

    public static PendingCall Rent(NodeLinkSession session, long deadline, IFrameObserver? observer)
    {
        var call = Pool.Get();
        call.Session = session;
        call.Deadline = deadline;
        call.Observer = observer;
        return call;
    }

    /// <summary>Completes with the reply. Call once, after the call has been sent.</summary>
    public ValueTask<LinkReply> ReplyAsync(CancellationToken aborted)
    {
        _aborted = aborted.UnsafeRegister(static state => ((PendingCall)state!).Session?.Abort((PendingCall)state!), this);
        return new ValueTask<LinkReply>(this, _source.Version);
    }

    public override void Complete(in LinkReply reply) => _source.SetResult(reply);

    /// <summary>Gives back a call that was never sent.</summary>
    public void Return()
    {
        _source.Reset();
        Session = null;
        Observer = null;
        Pool.Return(this);
    }

    LinkReply IValueTaskSource<LinkReply>.GetResult(short token)
    {
        // Waits for a callback that is running, so that none can meet the call in its next life.
        _aborted.Dispose();
        _aborted = default;
        var reply = _source.GetResult(token);
        Return();
        return reply;
    }

    ValueTaskSourceStatus IValueTaskSource<LinkReply>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<LinkReply>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
