using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace GenApi.AppHost.LocalCluster;

/// <summary>Reads the AppHost's configuration from the places where Aspire would look.</summary>
internal static class LauncherConfiguration
{
    /// <summary>The section that sets how many processes a project gets.</summary>
    public const string ReplicasSection = "Replicas";

    /// <summary>Folder of the AppHost's source, or of its assembly where the source is not on this machine.</summary>
    public static string FindAppHostDirectory()
    {
        var source = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(metadata => metadata.Key == "AppHostProjectDirectory")?.Value;
        return Directory.Exists(source) ? source : AppContext.BaseDirectory;
    }

    /// <summary>Reads settings files, user secrets, the environment and the command line.</summary>
    /// <exception cref="LaunchException">A file is not valid JSON, or a number of replicas is not a number.</exception>
    public static ConfigurationManager Load(string directory, LaunchOptions options)
    {
        var configuration = new ConfigurationManager();
        try
        {
            configuration
                .SetBasePath(directory)
                .AddJsonFile("appsettings.json", optional: true)
                .AddJsonFile($"appsettings.{LauncherEnvironment.Name}.json", optional: true)
                .AddUserSecrets(Assembly.GetExecutingAssembly(), optional: true)
                .AddEnvironmentVariables()
                .AddInMemoryCollection(options.Settings);
        }
        catch (InvalidDataException exception)
        {
            throw new LaunchException($"{exception.Message} Mend that file, or remove it.");
        }

        foreach (var replicas in configuration.GetSection(ReplicasSection).GetChildren())
        {
            if (!int.TryParse(replicas.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                throw new LaunchException($"{replicas.Path} is '{replicas.Value}'. Set it to a number of processes, 1 to 10.");
            }
        }

        return configuration;
    }
}
