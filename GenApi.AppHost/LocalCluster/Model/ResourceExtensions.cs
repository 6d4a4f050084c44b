using Aspire.Hosting.Docker;
using GenApi.AppHost.LocalCluster;

namespace Aspire.Hosting
{
    /// <summary>The members of Aspire's hosting API that AppHost.cs uses, under their names and with their meaning, for the local cluster.</summary>
    internal static class ResourceExtensions
    {
        /// <summary>Most replicas of one project; their ports are a block of ten.</summary>
        private const int MaxReplicas = 10;

        /// <summary>Adds a parameter: from configuration (<c>Parameters:NAME</c>), else remembered, else generated.</summary>
        public static IResourceBuilder<ParameterResource> AddParameter(
            this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false) =>
            builder.AddResource(new ParameterResource(name, ((DistributedApplicationBuilder)builder).Parameters.Get(name, value, persist), secret));

        /// <summary>Adds a Redis server, which runs if <c>redis-server</c> or <c>valkey-server</c> is installed.</summary>
        public static IResourceBuilder<RedisResource> AddRedis(this IDistributedApplicationBuilder builder, string name) =>
            builder.AddResource(new RedisResource(name));

        /// <summary>Keeps the data of this Redis in the user's state folder.</summary>
        public static IResourceBuilder<RedisResource> WithDataVolume(this IResourceBuilder<RedisResource> builder)
        {
            builder.Resource.KeepsData = true;
            return builder;
        }

        /// <summary>Sets how often Redis writes changed data to disk.</summary>
        /// <param name="builder">The Redis server.</param>
        /// <param name="interval">Time between two writes, at least one second; null is 60 s.</param>
        /// <param name="keysChangedThreshold">How many keys must have changed for a write.</param>
        public static IResourceBuilder<RedisResource> WithPersistence(
            this IResourceBuilder<RedisResource> builder, TimeSpan? interval = null, long keysChangedThreshold = 1)
        {
            builder.Resource.SaveInterval = interval ?? TimeSpan.FromSeconds(60);
            builder.Resource.SaveThreshold = keysChangedThreshold;
            return builder;
        }

        /// <summary>Adds a project that the AppHost references.</summary>
        public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
            where TProject : IProjectMetadata, new() =>
            builder.AddResource(new ProjectResource(name, new TProject()));

        /// <summary>Sets the number of processes, 1 to 10.</summary>
        public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
        {
            if (replicas is < 1 or > MaxReplicas)
            {
                throw new LaunchException($"{replicas} replicas of '{builder.Resource.Name}' are not possible. Use a number from 1 to {MaxReplicas}.");
            }

            builder.Resource.Replicas = replicas;
            return builder;
        }

        /// <summary>Sets the port of the first replica; the other replicas take the ports after it.</summary>
        public static IResourceBuilder<ProjectResource> WithHttpEndpoint(this IResourceBuilder<ProjectResource> builder, int? port = null)
        {
            builder.Resource.Port = port ?? builder.Resource.Port;
            return builder;
        }

        /// <summary>The resource is ready when this path answers 200.</summary>
        public static IResourceBuilder<ProjectResource> WithHttpHealthCheck(this IResourceBuilder<ProjectResource> builder, string? path = null)
        {
            builder.Resource.HealthPath = path ?? "/";
            return builder;
        }

        /// <summary>Matters for publishing only. The local cluster listens on loopback.</summary>
        public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder) where T : IResourceWithEndpoints => builder;

        /// <summary>Sets an environment variable.</summary>
        public static IResourceBuilder<ProjectResource> WithEnvironment(this IResourceBuilder<ProjectResource> builder, string name, string? value)
        {
            builder.Resource.Environment.Add(new(name, () => value));
            return builder;
        }

        /// <summary>Sets an environment variable to the value of a parameter.</summary>
        public static IResourceBuilder<ProjectResource> WithEnvironment(
            this IResourceBuilder<ProjectResource> builder, string name, IResourceBuilder<ParameterResource> parameter)
        {
            builder.Resource.Environment.Add(new(name, () => parameter.Resource.Value));
            return builder;
        }

        /// <summary>Gives the project a connection string: <c>ConnectionStrings__NAME</c>.</summary>
        public static IResourceBuilder<ProjectResource> WithReference(
            this IResourceBuilder<ProjectResource> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null)
        {
            builder.Resource.Connections.Add((connectionName ?? source.Resource.Name, source.Resource));
            return builder;
        }

        /// <summary>Gives the project the addresses of another: <c>services__NAME__http__0</c>, one for each replica.</summary>
        public static IResourceBuilder<ProjectResource> WithReference(
            this IResourceBuilder<ProjectResource> builder, IResourceBuilder<ProjectResource> source)
        {
            builder.Resource.Services.Add(source.Resource);
            return builder;
        }

        /// <summary>Starts the project only when the other resource is ready.</summary>
        public static IResourceBuilder<ProjectResource> WaitFor(this IResourceBuilder<ProjectResource> builder, IResourceBuilder<IResource> dependency)
        {
            builder.Resource.WaitsFor.Add(dependency.Resource);
            return builder;
        }

        /// <summary>Runs the callback once, when all replicas of the resource are ready.</summary>
        public static IResourceBuilder<T> OnResourceReady<T>(
            this IResourceBuilder<T> builder, Func<T, ResourceReadyEvent, CancellationToken, Task> callback) where T : Resource
        {
            builder.Resource.WhenReady.Add(cancellationToken => callback(builder.Resource, new ResourceReadyEvent(builder.Resource), cancellationToken));
            return builder;
        }

        /// <summary>The addresses of a project, one for each replica. Known once the cluster starts.</summary>
        public static IEnumerable<EndpointReference> GetEndpoints(this ProjectResource resource) => resource.Endpoints;

        /// <summary>Matters for publishing only, which needs Aspire.</summary>
        public static IResourceBuilder<DockerComposeEnvironmentResource> AddDockerComposeEnvironment(
            this IDistributedApplicationBuilder builder, string name) =>
            builder.AddResource(new DockerComposeEnvironmentResource(name));
    }
}

namespace Aspire.Hosting.Docker
{
    /// <summary>Where Aspire publishes the cluster to. Nothing to do in the local cluster.</summary>
    internal sealed class DockerComposeEnvironmentResource(string name) : Resource(name);
}
