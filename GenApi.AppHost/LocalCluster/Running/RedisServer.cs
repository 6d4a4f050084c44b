using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GenApi.AppHost.LocalCluster;

/// <summary>A Redis (or Valkey) server of this machine, listening on loopback only, with a password made for this run.</summary>
internal sealed class RedisServer
{
    private static readonly string[] Programs = ["redis-server", "valkey-server"];

    private readonly RedisResource _resource;
    private readonly string _program;
    private readonly string? _dataFolder;
    private readonly string _password = RandomNumberGenerator.GetHexString(48, lowercase: true);

    /// <param name="resource">The resource to run. Its connection string is set here.</param>
    /// <param name="program">Full path of the server program.</param>
    /// <param name="dataFolder">Where data is kept, or null to keep none.</param>
    public RedisServer(RedisResource resource, string program, string? dataFolder)
    {
        _resource = resource;
        _program = program;
        _dataFolder = dataFolder;
        Port = PortPlan.FindFree();
        resource.ConnectionString = $"localhost:{Port},password={_password}";
    }

    /// <summary>The port it listens on; the same after a restart.</summary>
    public int Port { get; }

    /// <summary>Finds a server program on PATH; null if none is installed.</summary>
    public static string? FindProgram() =>
        (from program in Programs
         from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
         let path = Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program)
         where File.Exists(path)
         select path).FirstOrDefault();

    /// <summary>How to start it. The configuration goes in by standard input, so that no other user sees the password in the process list.</summary>
    /// <exception cref="IOException">The data folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write there.</exception>
    public ProcessPlan Plan()
    {
        var folder = _dataFolder ?? Path.GetTempPath();
        if (_dataFolder is not null)
        {
            OwnerOnly.CreateFolder(folder);
        }

        var save = _dataFolder is null
            ? "\"\""
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (long)_resource.SaveInterval.TotalSeconds)} {_resource.SaveThreshold}");
        var settings = new StringBuilder()
            .AppendLine("bind 127.0.0.1")
            .AppendLine(CultureInfo.InvariantCulture, $"port {Port}")
            .AppendLine(CultureInfo.InvariantCulture, $"requirepass {_password}")
            .AppendLine(CultureInfo.InvariantCulture, $"dir \"{folder.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"")
            .AppendLine(CultureInfo.InvariantCulture, $"save {save}")
            .AppendLine("loglevel warning")
            .AppendLine("appendonly no")
            .AppendLine("daemonize no");

        return new ProcessPlan(_resource.Name, _program, ["-"], folder)
        {
            Input = settings.ToString(),
            Address = $"localhost:{Port}",
            Probe = new RedisProbe(Port, _password),
        };
    }
}
