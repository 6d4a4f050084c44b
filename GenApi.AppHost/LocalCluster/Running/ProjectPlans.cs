using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GenApi.AppHost.LocalCluster;

/// <summary>Makes the process of each replica of a project, with the environment that Aspire would give it.</summary>
internal static class ProjectPlans
{
    /// <summary>How to start one replica.</summary>
    /// <exception cref="LaunchException">The project was not built.</exception>
    public static ProcessPlan Plan(ProjectResource project, int replica, HttpClient prober)
    {
        var assembly = project.Metadata.AssemblyPath;
        if (!File.Exists(assembly))
        {
            throw new LaunchException($"'{project.Name}' is not built: there is no {assembly}. Build GenApi.AppHost again; it builds the projects it references.");
        }

        var url = project.Endpoints[replica].Url;
        var name = project.Replicas == 1 ? project.Name : $"{project.Name}-{replica}";

        // Settings files are found in the working folder, which `dotnet run` would make the project's.
        var source = Path.GetDirectoryName(project.Metadata.ProjectPath)!;
        return new ProcessPlan(name, FindDotnet(), [assembly], Directory.Exists(source) ? source : Path.GetDirectoryName(assembly)!)
        {
            Environment = DescribeEnvironment(project, name, url),
            Address = url,
            Probe = project.HealthPath is null ? null : new HttpProbe(prober, url + project.HealthPath),
        };
    }

    private static Dictionary<string, string> DescribeEnvironment(ProjectResource project, string name, string url)
    {
        var instance = $"service.instance.id={name}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
        var inherited = Environment.GetEnvironmentVariable("OTEL_RESOURCE_ATTRIBUTES");
        var variables = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = url,
            ["ASPNETCORE_ENVIRONMENT"] = LauncherEnvironment.Name,
            ["DOTNET_ENVIRONMENT"] = LauncherEnvironment.Name,
            ["OTEL_SERVICE_NAME"] = project.Name,
            ["OTEL_RESOURCE_ATTRIBUTES"] = string.IsNullOrEmpty(inherited) ? instance : $"{inherited},{instance}",
        };

        // One line for each log entry, since lines of several processes are shown together. The user's own setting wins.
        SetDefault(variables, "Logging__Console__FormatterName", "simple");
        SetDefault(variables, "Logging__Console__FormatterOptions__SingleLine", "true");

        foreach (var (connection, resource) in project.Connections)
        {
            if (resource.ConnectionString is { } value)
            {
                variables[$"ConnectionStrings__{connection}"] = value;
            }
        }

        foreach (var service in project.Services)
        {
            for (var i = 0; i < service.Endpoints.Count; i++)
            {
                variables[string.Create(CultureInfo.InvariantCulture, $"services__{service.Name}__http__{i}")] = service.Endpoints[i].Url;
            }
        }

        foreach (var (variable, value) in project.Environment)
        {
            if (value() is { } text)
            {
                variables[variable] = text;
            }
        }

        return variables;
    }

    private static void SetDefault(Dictionary<string, string> variables, string name, string value)
    {
        if (Environment.GetEnvironmentVariable(name) is null)
        {
            variables[name] = value;
        }
    }

    /// <summary>The dotnet program that this process itself runs on, so that children never get another version from PATH.</summary>
    private static string FindDotnet()
    {
        var program = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";

        // The runtime is in <dotnet>/shared/Microsoft.NETCore.App/<version>/.
        var path = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", program));
        return File.Exists(path) ? path : program;
    }
}
