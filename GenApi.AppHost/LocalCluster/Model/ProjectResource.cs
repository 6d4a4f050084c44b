namespace Aspire.Hosting.ApplicationModel;

/// <summary>A .NET project, run as one or more processes.</summary>
internal sealed class ProjectResource(string name, IProjectMetadata metadata)
    : Resource(name), IResourceWithServiceDiscovery, IResourceWithEnvironment, IResourceWithWaitSupport
{
    /// <summary>Where the project and its built assembly are.</summary>
    public IProjectMetadata Metadata { get; } = metadata;

    /// <summary>Number of processes.</summary>
    public int Replicas { get; set; } = 1;

    /// <summary>Port of the first replica; the next ones follow. Null: the launcher picks a free range.</summary>
    public int? Port { get; set; }

    /// <summary>Path that answers 200 once a replica is ready, or null if being started is enough.</summary>
    public string? HealthPath { get; set; }

    /// <summary>Environment variables. They are evaluated late, when ports and connection strings are known; null leaves one unset.</summary>
    public List<KeyValuePair<string, Func<string?>>> Environment { get; } = [];

    /// <summary>Projects whose addresses this one is told.</summary>
    public List<ProjectResource> Services { get; } = [];

    /// <summary>Other resources this one is told how to reach.</summary>
    public List<(string ConnectionName, IResourceWithConnectionString Resource)> Connections { get; } = [];

    /// <summary>Resources that must be ready before this one starts.</summary>
    public List<IResource> WaitsFor { get; } = [];

    /// <summary>Address of each replica; empty until the launcher has assigned ports.</summary>
    public IReadOnlyList<EndpointReference> Endpoints { get; set; } = [];

    /// <summary>Links that people may want to follow, made from the address of the first replica.</summary>
    public List<Func<EndpointReference, ResourceUrlAnnotation>> Links { get; } = [];

    /// <summary>Resources this one uses, and that must therefore outlive it when the cluster stops.</summary>
    public IEnumerable<IResource> Uses => [.. Services, .. Connections.Select(connection => connection.Resource), .. WaitsFor];
}
