using System.Diagnostics;
using GenApi.Testing.Processes;

namespace GenApi.Cluster.Tests.Running;

/// <summary>A gateway that is no part of the cluster, as a process of its own with settings of its own. It ends with this object, and with this process.</summary>
internal sealed class LoneGateway : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly ProcessGuard _guard;
    private readonly OutputLog _output = new();
    private readonly Task _reading;

    private LoneGateway(Process process)
    {
        _process = process;
        _guard = new ProcessGuard(process.Id);
        _reading = Task.WhenAll(_output.ReadAsync(process.StandardOutput), _output.ReadAsync(process.StandardError));
    }

    /// <summary>Its base address.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="settings">Its environment variables.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<LoneGateway> StartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Programs.Dotnet, [BuildFacts.GatewayAssembly])
        {
            WorkingDirectory = Path.GetDirectoryName(BuildFacts.GatewayAssembly),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        ForeignVariables.RemoveFrom(start);
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var gateway = new LoneGateway(Process.Start(start)!);
        try
        {
            var line = await gateway._output.WaitForAsync("its address", static line => line.Contains(Listening, StringComparison.Ordinal), cancellationToken);
            gateway.Address = new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..]);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            UnixSignals.SendTerminate(_process.Id);
            try
            {
                await _process.WaitForExitAsync().WaitAsync(StopPatience);
            }
            catch (TimeoutException)
            {
                _process.Kill();
            }
        }

        await _reading;
        await _guard.DisposeAsync();
        _process.Dispose();
    }
}
