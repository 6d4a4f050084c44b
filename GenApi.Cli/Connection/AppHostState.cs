using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GenApi.Cli.Connection;

/// <summary>
/// What a running AppHost wrote about its cluster, for tools of the same user. The CLI and the AppHost share the file's place and
/// form by convention, no code: <c>$XDG_STATE_HOME/genapi/apphost.json</c>, <c>~/.local/state/genapi/apphost.json</c> where that
/// variable is not set, <c>%LOCALAPPDATA%\genapi\apphost.json</c> on Windows.
/// </summary>
/// <param name="Pid">The AppHost's process id.</param>
/// <param name="StartedAt">When that process started; null where the file does not say.</param>
/// <param name="Gateways">Base URLs of the gateways; any one will do.</param>
/// <param name="AdminToken">The admin token of all of them; null or empty: there is none.</param>
internal sealed record AppHostState(int Pid, DateTimeOffset? StartedAt, IReadOnlyList<string>? Gateways, string? AdminToken)
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>Start times are computed from the clock, which may have been set since.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    /// <summary>The file's full path.</summary>
    public static string Location(Func<string, string?> variable)
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "genapi", "apphost.json");
        }

        var state = variable("XDG_STATE_HOME");
        var folder = Path.IsPathRooted(state) ? state : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Combine(folder, "genapi", "apphost.json");
    }

    /// <summary>The state of the AppHost that runs now; or null, with what is wrong with the file if there is one.</summary>
    public static (AppHostState? State, string? Problem) Read(Func<string, string?> variable)
    {
        var path = Location(variable);
        AppHostState? state;
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MaxBytes)
            {
                return (null, $"{path} is not a state file of an AppHost: it is larger than {MaxBytes} bytes.");
            }

            state = JsonSerializer.Deserialize(file, ConnectionJson.Default.AppHostState);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, $"{path} cannot be read: {error.Message}");
        }
        catch (JsonException)
        {
            return (null, $"{path} is not a state file of an AppHost: it is not the JSON expected there.");
        }

        return state is not { Pid: > 0, Gateways.Count: > 0 } ? (null, $"{path} is not a state file of an AppHost: pid or gateways is missing.")
            : !state.Runs() ? (null, $"{path} is left over from an AppHost that no longer runs (process {state.Pid}).")
            : (state, null);
    }

    private bool Runs()
    {
        try
        {
            using var process = Process.GetProcessById(Pid);
            return !process.HasExited && (StartedAt is null || (process.StartTime.ToUniversalTime() - StartedAt.Value.UtcDateTime).Duration() < ClockTolerance);
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception unknown) when (unknown is InvalidOperationException or Win32Exception or NotSupportedException)
        {
            // It ended just now, or the system does not tell; trying to connect will.
            return true;
        }
    }
}

/// <summary>The JSON of what the CLI reads and sends, besides calls.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AppHostState))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(FunctionSwitched))]
[JsonSerializable(typeof(JsonElement[]))]
[JsonSerializable(typeof(TraceRequest))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonNode))]
[JsonSerializable(typeof(StreamStopped))]
internal sealed partial class ConnectionJson : JsonSerializerContext;
