namespace GenApi.AppHost;

/// <summary>Makes a project a node of the cluster.</summary>
internal static class ServiceNode
{
    /// <summary>Tells a service node the cluster token and where the gateway is, and watches its health.</summary>
    /// <param name="node">The project, which calls <c>AddGenApiNode</c>.</param>
    /// <param name="gateway">The gateway that it registers with.</param>
    /// <param name="clusterToken">The secret that gateways and nodes share.</param>
    public static IResourceBuilder<ProjectResource> AsNodeOf(
        this IResourceBuilder<ProjectResource> node,
        IResourceBuilder<ProjectResource> gateway,
        IResourceBuilder<ParameterResource> clusterToken) =>
        node
            .WithEnvironment("GenApi__ClusterToken", clusterToken)
            .WithReference(gateway)
            .WithHttpHealthCheck("/health");
}
