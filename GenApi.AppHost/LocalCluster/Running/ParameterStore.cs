using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace GenApi.AppHost.LocalCluster;

/// <summary>
/// Values of parameters: configured, remembered, or generated and then remembered. They are remembered in the AppHost's user secrets, where Aspire
/// keeps them too, so a cluster has the same tokens in both worlds and <c>dotnet user-secrets</c> shows and changes them. The file is the user's
/// own (mode 0600) and outside the source tree.
/// </summary>
internal sealed class ParameterStore(IConfiguration configuration)
{
    /// <summary>Finds or makes a value.</summary>
    /// <param name="name">Name of the parameter; configured as <c>Parameters:NAME</c>.</param>
    /// <param name="default">Makes the value where there is none.</param>
    /// <param name="persist">Whether to remember a value that was made.</param>
    /// <exception cref="LaunchException">The parameter is configured to nothing.</exception>
    public string Get(string name, ParameterDefault @default, bool persist)
    {
        var key = $"Parameters:{name}";

        // Shells cannot export a name with a hyphen. The form they can export comes first, so that it wins over a remembered value.
        var value = configuration[key.Replace('-', '_')] ?? configuration[key];
        if (value is not null)
        {
            return value.Length > 0 ? value : throw new LaunchException($"{key} is empty. Set it to a value, or remove the setting to have one generated.");
        }

        value = @default.GetDefaultValue();
        if (persist)
        {
            Remember(key, value);
        }

        return value;
    }

    private static void Remember(string key, string value)
    {
        var id = Assembly.GetExecutingAssembly().GetCustomAttribute<UserSecretsIdAttribute>()!.UserSecretsId;
        try
        {
            var file = PathHelper.GetSecretsPathFromSecretsId(id);
            var secrets = File.Exists(file) && JsonNode.Parse(File.ReadAllText(file), documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }) is JsonObject existing
                ? existing
                : [];
            secrets[key] = value;
            OwnerOnly.Write(file, JsonSerializer.SerializeToUtf8Bytes(secrets, PrettyJson.Default.JsonObject));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException or JsonException)
        {
            // The cluster works all the same; only the next start has another value.
            Console.Error.WriteLine($"Cannot remember {key}, so the next start makes a new one: {exception.Message}");
        }
    }
}

[System.Text.Json.Serialization.JsonSourceGenerationOptions(WriteIndented = true)]
[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class PrettyJson : System.Text.Json.Serialization.JsonSerializerContext;
