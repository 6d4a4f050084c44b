using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using GenApi.Cluster.Tests.Running;
using GenApi.Testing.Processes;

namespace GenApi.Cluster.Tests.Clients;

/// <summary>A JavaScript program could not do what it was told; the message is its own.</summary>
public sealed class JavaScriptException(string message) : Exception(message);

/// <summary>A program of tests/javascript in a Node.js process. It is told what to do by lines of JSON; see tests/javascript/commands.mjs.</summary>
public sealed class JavaScriptProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _program;
    private readonly Process _process;
    private readonly OutputLog _errors = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _waiting = new();
    private readonly Task _reading;
    private readonly SemaphoreSlim _writing = new(1);
    private int _lastId;

    private JavaScriptProcess(string program, Process process)
    {
        _program = program;
        _process = process;
        _reading = Task.WhenAll(ReadAsync(), _errors.ReadAsync(process.StandardError));
    }

    /// <summary>What it writes that answers no command, one JSON object per line.</summary>
    public OutputLog Events { get; } = new();

    /// <summary>Starts the process. It ends with its input, and so with this process.</summary>
    /// <param name="program">The program's file, such as <c>client.mjs</c>.</param>
    public static JavaScriptProcess Start(string program)
    {
        var start = new ProcessStartInfo(Programs.Find("node")!, [program])
        {
            WorkingDirectory = Machine.JavaScriptFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The cluster is on this machine: a proxy from the environment must not come between.
        start.Environment["NO_PROXY"] = "*";
        start.Environment["no_proxy"] = "*";
        return new JavaScriptProcess(program, Process.Start(start)!);
    }

    /// <summary>Has the program do something.</summary>
    /// <exception cref="JavaScriptException">It answered with an error.</exception>
    /// <exception cref="TimeoutException">It did not answer within 30 seconds.</exception>
    public async Task<JsonElement> CommandAsync(string operation, JsonObject parameters, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        parameters["id"] = id;
        parameters["op"] = operation;
        var line = parameters.ToJsonString();

        await _writing.WaitAsync(cancellationToken);
        try
        {
            await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
            await _process.StandardInput.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }

        try
        {
            return await answer.Task.WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException timeout)
        {
            throw new TimeoutException($"{_program} did not answer '{operation}'. Its standard error:\n{_errors.Tail()}", timeout);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(Patience);
            await _reading.WaitAsync(Patience);
        }
        finally
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }

            _process.Dispose();
            _writing.Dispose();
        }
    }

    private async Task ReadAsync()
    {
        Events.Open();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            using var document = JsonDocument.Parse(line);
            var message = document.RootElement.Clone();
            if (!message.TryGetProperty("id", out var id))
            {
                Events.Add(line);
            }
            else if (_waiting.TryRemove(id.GetInt32(), out var answer))
            {
                if (message.TryGetProperty("error", out var error))
                {
                    answer.TrySetException(new JavaScriptException(error.GetString()!));
                }
                else
                {
                    answer.TrySetResult(message.GetProperty("result"));
                }
            }
        }

        foreach (var (_, left) in _waiting)
        {
            left.TrySetException(new JavaScriptException($"{_program} has ended. Its standard error:\n{_errors.Tail()}"));
        }

        Events.Close();
    }
}
