using System.Text.Json;
using System.Text.Json.Serialization;

namespace GenApi.AppHost;

/// <summary>
/// What a running AppHost tells the other tools of this user, above all the <c>genapi</c> CLI: where the gateway is and how to administer it.
/// </summary>
/// <remarks>
/// One JSON object in a file that only its owner may read (mode 0600 on Unix):
/// <c>{"pid":4711,"started_at":"2026-01-31T12:00:00+00:00","apphost":"/src/GenApi.AppHost","gateways":["http://localhost:5080"],"admin_token":"…"}</c>.
/// It is at <c>$XDG_STATE_HOME/genapi/apphost.json</c>, <c>~/.local/state/genapi/apphost.json</c> where that variable is not set,
/// or <c>%LOCALAPPDATA%\genapi\apphost.json</c> on Windows. It appears when the gateway is ready and goes when the AppHost stops.
/// An AppHost that was killed leaves it behind, so a reader checks that <c>pid</c> still runs. With several AppHosts the newest one owns the file.
/// </remarks>
/// <param name="Pid">Process id of the AppHost.</param>
/// <param name="StartedAt">When the AppHost process started, UTC.</param>
/// <param name="AppHost">Folder the AppHost was started from source in; tells clusters apart.</param>
/// <param name="Gateways">Base URL of each gateway endpoint, without a trailing slash. Never empty; any one of them will do.</param>
/// <param name="AdminToken">Bearer token for the gateway's /admin endpoints.</param>
internal sealed record StateFile(int Pid, DateTimeOffset StartedAt, [property: JsonPropertyName("apphost")] string AppHost, IReadOnlyList<string> Gateways, string AdminToken)
{
    /// <summary>The user's folder for state of GenApi tools. It may not exist yet.</summary>
    public static string Folder
    {
        get
        {
            if (OperatingSystem.IsWindows())
            {
                return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "genapi");
            }

            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            return Path.IsPathRooted(state)
                ? Path.Combine(state, "genapi")
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state", "genapi");
        }
    }

    /// <summary>Full path of the state file.</summary>
    public static string Location => Path.Combine(Folder, "apphost.json");

    /// <summary>Writes the file, replacing that of another AppHost as a whole.</summary>
    /// <exception cref="IOException">The folder or the file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write there.</exception>
    public void Write() => OwnerOnly.Write(Location, JsonSerializer.SerializeToUtf8Bytes(this, StateFileJson.Default.StateFile));

    /// <summary>Deletes the file if it is this process's own. Another AppHost's file stays; a missing or unreadable one is no error.</summary>
    public static void Remove()
    {
        try
        {
            if (JsonSerializer.Deserialize(File.ReadAllBytes(Location), StateFileJson.Default.StateFile)?.Pid == Environment.ProcessId)
            {
                File.Delete(Location);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            // Nothing to clean up, or not ours to clean up. The process is ending; there is nobody to tell.
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StateFile))]
internal sealed partial class StateFileJson : JsonSerializerContext;
