using System.Diagnostics;
using System.Runtime.Versioning;

namespace GenApi.AppHost.LocalCluster;

/// <summary>
/// Ends the cluster's processes when the launcher dies without a chance to do so itself, as by kill -9.
/// </summary>
/// <remarks>
/// A small shell process reads from a pipe whose other end only the launcher holds. The launcher tells it each process it starts. However the
/// launcher ends, the system closes the pipe, and the shell then ends what is still there: with SIGTERM, and after two seconds with SIGKILL.
/// This needs nothing but a POSIX shell and covers any program, Redis included. There is no such guard on Windows.
/// </remarks>
[UnsupportedOSPlatform("windows")]
internal sealed class OrphanGuard : IAsyncDisposable
{
    private const string Script = """
        exec >/dev/null 2>&1
        trap '' HUP INT TERM
        pids=' '
        while IFS= read -r line; do
          case $line in
            +*) pids="$pids${line#+} " ;;
            -*) pid=${line#-}
                case $pids in *" $pid "*) pids="${pids%% $pid *} ${pids#* $pid }" ;; esac ;;
          esac
        done
        for pid in $pids; do kill -TERM "$pid"; done
        tries=20
        while [ $tries -gt 0 ]; do
          left=
          for pid in $pids; do kill -0 "$pid" && left=1; done
          [ -z "$left" ] && exit 0
          sleep 0.1
          tries=$((tries - 1))
        done
        for pid in $pids; do kill -KILL "$pid"; done
        """;

    private readonly Lock _lock = new();
    private readonly HashSet<int> _pids = [];
    private Process _shell;
    private bool _ended;

    public OrphanGuard() => _shell = Start();

    /// <summary>From now on the process ends with the launcher.</summary>
    public void Watch(int pid)
    {
        lock (_lock)
        {
            _pids.Add(pid);
            Tell($"+{pid}");
        }
    }

    /// <summary>The process has ended; its id may come to belong to another.</summary>
    public void Forget(int pid)
    {
        lock (_lock)
        {
            if (_pids.Remove(pid))
            {
                Tell($"-{pid}");
            }
        }
    }

    /// <summary>Ends the guard, and with it whatever it still watches.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _ended = true;
            _shell.StandardInput.Dispose();
        }

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        try
        {
            await _shell.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            _shell.Kill();
        }

        _shell.Dispose();
    }

    private void Tell(string line)
    {
        try
        {
            _shell.StandardInput.WriteLine(line);
        }
        catch (IOException)
        {
            // Somebody ended the shell. The Exited handler starts another and tells it everything.
        }
    }

    private Process Start()
    {
        var shell = UnixShell.Start(["-c", Script], redirectOutput: false);
        shell.StandardInput.AutoFlush = true;
        shell.Exited += (_, _) => Replace(shell);
        shell.EnableRaisingEvents = true;
        return shell;
    }

    private void Replace(Process dead)
    {
        lock (_lock)
        {
            if (_ended || !ReferenceEquals(_shell, dead))
            {
                return;
            }

            dead.Dispose();
            _shell = Start();
            foreach (var pid in _pids)
            {
                Tell($"+{pid}");
            }
        }
    }
}
