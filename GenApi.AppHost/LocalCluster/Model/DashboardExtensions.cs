namespace Aspire.Hosting
{
    /// <summary>
    /// The members of Aspire's hosting API that are about its dashboard and its containers, for the local cluster, which has neither.
    /// Links are printed when the cluster is ready; the <c>genapi</c> tool stands for the commands.
    /// </summary>
    internal static class DashboardExtensions
    {
        /// <summary>Adds a link to an endpoint of the project, relative to the address of its first replica.</summary>
        public static IResourceBuilder<ProjectResource> WithUrlForEndpoint(
            this IResourceBuilder<ProjectResource> builder, string endpointName, Func<EndpointReference, ResourceUrlAnnotation> callback)
        {
            ArgumentException.ThrowIfNullOrEmpty(endpointName);
            builder.Resource.Links.Add(callback);
            return builder;
        }

        /// <summary>A command in the dashboard. There is none here.</summary>
        public static IResourceBuilder<TResource> WithHttpCommand<TResource>(
            this IResourceBuilder<TResource> builder, string path, string displayName, string? endpointName = null, string? commandName = null, HttpCommandOptions? commandOptions = null)
            where TResource : IResourceWithEndpoints => builder;

        /// <summary>How long the container is kept. The local Redis is a process, which ends with the cluster; its data stays.</summary>
        public static IResourceBuilder<RedisResource> WithLifetime(this IResourceBuilder<RedisResource> builder, ContainerLifetime lifetime) => builder;

        /// <summary>A container that shows what is in Redis. There are no containers here.</summary>
        public static IResourceBuilder<RedisResource> WithRedisInsight(
            this IResourceBuilder<RedisResource> builder, Action<IResourceBuilder<RedisInsightResource>>? configureContainer = null) => builder;

        /// <summary>Whether the resource waits to be started by hand.</summary>
        public static IResourceBuilder<T> WithExplicitStart<T>(this IResourceBuilder<T> builder)
            where T : IResource => builder;
    }
}

namespace Aspire.Hosting.ApplicationModel
{
    /// <summary>A link to a resource.</summary>
    internal sealed class ResourceUrlAnnotation
    {
        /// <summary>Its address, or its path on the endpoint.</summary>
        public required string Url { get; set; }

        /// <summary>What it is called; null: its address.</summary>
        public string? DisplayText { get; set; }
    }

    /// <summary>How a command in the dashboard asks its resource.</summary>
    internal sealed class HttpCommandOptions
    {
        /// <summary>The HTTP method; null: POST.</summary>
        public HttpMethod? Method { get; set; }

        /// <summary>Completes the request before it is sent.</summary>
        public Func<HttpCommandRequestContext, Task>? PrepareRequest { get; set; }

        /// <summary>What is asked before it is sent; null: nothing.</summary>
        public string? ConfirmationMessage { get; set; }

        /// <summary>What it does.</summary>
        public string? Description { get; set; }

        /// <summary>The name of its icon.</summary>
        public string? IconName { get; set; }

        /// <summary>How the answer is shown.</summary>
        public HttpCommandResultMode ResultMode { get; set; }

        /// <summary>Whether it stands among the first.</summary>
        public bool IsHighlighted { get; set; }
    }

    /// <summary>How the answer to a command is shown.</summary>
    internal enum HttpCommandResultMode
    {
        /// <summary>Not at all.</summary>
        None,

        /// <summary>As what it says it is.</summary>
        Auto,

        /// <summary>As JSON.</summary>
        Json,

        /// <summary>As text.</summary>
        Text,
    }

    /// <summary>A request that is about to be sent.</summary>
    internal sealed class HttpCommandRequestContext
    {
        /// <summary>The request.</summary>
        public required HttpRequestMessage Request { get; init; }

        /// <summary>Gives it up.</summary>
        public CancellationToken CancellationToken { get; init; }
    }

    /// <summary>How long a container is kept.</summary>
    internal enum ContainerLifetime
    {
        /// <summary>It ends with the cluster.</summary>
        Session,

        /// <summary>It goes on when the cluster ends.</summary>
        Persistent,
    }

    /// <summary>A container that shows what is in Redis.</summary>
    internal sealed class RedisInsightResource(string name) : Resource(name);
}
