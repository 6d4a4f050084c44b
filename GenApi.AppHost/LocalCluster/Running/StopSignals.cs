using System.Runtime.InteropServices;

namespace GenApi.AppHost.LocalCluster;

/// <summary>Tells when the user, or the system, wants the launcher to stop.</summary>
internal sealed class StopSignals : IDisposable
{
    private static readonly TimeSpan ParentCheck = TimeSpan.FromSeconds(1);

    // One stop often arrives twice, once directly and once passed on by a parent. A person takes longer to press Ctrl-C again.
    private static readonly TimeSpan SoonestSecond = TimeSpan.FromSeconds(0.5);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _hurry = new();
    private readonly List<IDisposable> _registrations = [];
    private readonly TimeProvider _time;
    private long _stopAsked;

    public StopSignals(TimeProvider time, CancellationToken cancellationToken)
    {
        _time = time;
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Stop();
                if (signal == PosixSignal.SIGINT && _time.GetElapsedTime(Interlocked.Read(ref _stopAsked)) > SoonestSecond)
                {
                    _hurry.Cancel();
                }
            }));
        }

        _registrations.Add(cancellationToken.Register(Stop));
        WatchDotnetRun();
    }

    /// <summary>The cluster is to stop.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>The user pressed Ctrl-C again: stop without waiting for anything.</summary>
    public CancellationToken Hurry => _hurry.Token;

    /// <summary>Asks for the stop.</summary>
    public void Stop()
    {
        Interlocked.CompareExchange(ref _stopAsked, _time.GetTimestamp(), 0);
        _stop.Cancel();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _stop.Dispose();
        _hurry.Dispose();
    }

    /// <summary>
    /// `dotnet run` passes on SIGTERM but dies of kill -9, and the launcher would run on unseen. It names the launch profile in a variable;
    /// only then is the parent watched, so that a launcher started from a shell may well outlive the shell.
    /// </summary>
    private void WatchDotnetRun()
    {
        if (OperatingSystem.IsWindows() || Environment.GetEnvironmentVariable("DOTNET_LAUNCH_PROFILE") is null)
        {
            return;
        }

        var parent = UnixProcess.ParentId();
        _registrations.Add(_time.CreateTimer(
            _ =>
            {
                if (!OperatingSystem.IsWindows() && UnixProcess.ParentId() != parent)
                {
                    Stop();
                }
            },
            null,
            ParentCheck,
            ParentCheck));
    }
}
