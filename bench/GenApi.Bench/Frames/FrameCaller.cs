using System.Diagnostics;
using System.Security.Cryptography;
using GenApi.Protocol.Link;

namespace GenApi.Bench.Frames;

/// <summary>The side that asks: keeps so many frames in flight, checks each that comes back, and sends the next in its place.</summary>
internal sealed class FrameCaller : ILinkHandler
{
    private const int BodyLength = 100;
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(10);

    private readonly byte[] _body = RandomNumberGenerator.GetBytes(BodyLength);
    private readonly TaskCompletionSource _greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _drained = new();
    private ulong[] _expected = [];
    private int _outstanding;
    private long _answers;
    private volatile bool _stopping;
    private volatile string? _error;

    /// <summary>How to send. Set before the first frame.</summary>
    public required SendFrame Send { get; init; }

    /// <summary>Completes when the other side has introduced itself, where it does.</summary>
    public Task Greeted => _greeted.Task;

    /// <summary>Keeps frames in flight for a while. The count of those that came back per second, with the CPU and the memory that both sides used for each.</summary>
    /// <param name="inFlight">How many.</param>
    /// <param name="window">How long.</param>
    /// <param name="flush">Called when the first frames have been handed over.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">A frame came back changed, or not at all.</exception>
    public async Task<FrameFigures> RunAsync(int inFlight, TimeSpan window, Action flush, CancellationToken cancellationToken)
    {
        _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _expected = [.. Enumerable.Range(0, inFlight).Select(slot => (ulong)slot)];
        _outstanding = inFlight;
        _stopping = false;
        for (var slot = 0; slot < inFlight; slot++)
        {
            Send(FrameType.Item, 0, (ulong)slot, _body);
        }

        flush();
        var answers = Volatile.Read(ref _answers);
        var cpu = Environment.CpuUsage.TotalTime;
        var bytes = GC.GetTotalAllocatedBytes();
        var started = Stopwatch.GetTimestamp();
        await Task.Delay(window, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        bytes = GC.GetTotalAllocatedBytes() - bytes;
        answers = Volatile.Read(ref _answers) - answers;
        _stopping = true;
        try
        {
            await _drained.Task.WaitAsync(DrainTimeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            _error ??= $"{_outstanding} frames did not come back within {DrainTimeout.TotalSeconds:0} s";
        }

        return _error is null && answers > 0
            ? new FrameFigures(answers / elapsed.TotalSeconds, cpu.TotalMicroseconds / answers, (double)bytes / answers)
            : throw new InvalidOperationException(_error ?? "no frame came back");
    }

    public void OnHello(Hello hello) => _greeted.TrySetResult();

    public void OnFrame(in Frame frame)
    {
        var slot = (int)(frame.CallId % (ulong)_expected.Length);
        if (frame.Type != FrameType.Item || _expected[slot] != frame.CallId || !frame.Body.SequenceEqual(_body))
        {
            _error ??= $"frame {frame.CallId} came back changed, or twice";
            _drained.TrySetResult();
            return;
        }

        Volatile.Write(ref _answers, _answers + 1);
        _expected[slot] += (ulong)_expected.Length;
        if (!_stopping)
        {
            Send(FrameType.Item, 0, _expected[slot], _body);
        }
        else if (--_outstanding == 0)
        {
            _drained.TrySetResult();
        }
    }
}

/// <param name="PerSecond">Frames that went there and came back, each second.</param>
/// <param name="CpuMicroseconds">CPU time of both sides for each.</param>
/// <param name="Bytes">Bytes that both sides allocated for each.</param>
internal readonly record struct FrameFigures(double PerSecond, double CpuMicroseconds, double Bytes);
