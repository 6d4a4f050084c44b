using System.Threading.Channels;

namespace GenApi.Gateway.Storage;

/// <summary>
/// When to look again at what is stored: at once where there is a reason to, and else from time to time, because notices can be
/// lost. Several reasons at the same time are one.
/// </summary>
internal sealed class NextLook
{
    private readonly Channel<bool> _reasons = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>There is a reason. Never blocks.</summary>
    public void Now() => _reasons.Writer.TryWrite(true);

    /// <summary>Makes time itself a reason, until the timer is disposed of.</summary>
    public ITimer Every(TimeSpan interval, TimeProvider time) => time.CreateTimer(_ => Now(), null, interval, interval);

    /// <summary>Waits for a reason.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _reasons.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
}
