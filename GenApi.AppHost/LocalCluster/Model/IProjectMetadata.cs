namespace Aspire.Hosting;

/// <summary>A project that the AppHost references. The build generates one implementation for each, in the namespace <c>Projects</c>.</summary>
internal interface IProjectMetadata
{
    /// <summary>Full path of the project file.</summary>
    string ProjectPath { get; }

    /// <summary>Full path of the assembly that the build made of it.</summary>
    string AssemblyPath { get; }
}

/// <summary>A resource that others find by its name.</summary>
internal interface IResourceWithServiceDiscovery : ApplicationModel.IResourceWithEndpoints;
