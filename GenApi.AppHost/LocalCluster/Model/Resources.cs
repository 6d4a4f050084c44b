namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of the cluster: a project, a Redis server, a parameter.</summary>
internal interface IResource
{
    /// <summary>Name of the resource, unique in the cluster.</summary>
    string Name { get; }
}

/// <summary>A resource that takes environment variables.</summary>
internal interface IResourceWithEnvironment : IResource;

/// <summary>A resource that listens on ports.</summary>
internal interface IResourceWithEndpoints : IResource;

/// <summary>A resource that can be made to wait for others before it starts.</summary>
internal interface IResourceWithWaitSupport : IResource;

/// <summary>A resource that others reach by a connection string.</summary>
internal interface IResourceWithConnectionString : IResource
{
    /// <summary>The connection string, or null if the resource cannot run on this machine.</summary>
    string? ConnectionString { get; }
}

/// <summary>What all resources share.</summary>
internal abstract class Resource(string name) : IResource
{
    /// <inheritdoc />
    public string Name { get; } = name;

    /// <summary>What runs once, when the resource first becomes ready.</summary>
    public List<Func<CancellationToken, Task>> WhenReady { get; } = [];
}

/// <summary>Raised once, when a resource first becomes ready.</summary>
internal sealed record ResourceReadyEvent(IResource Resource);

/// <summary>One address of a project. The local cluster has no proxy, so each replica has its own.</summary>
internal sealed record EndpointReference(string Url);
