using GenApi.AppHost.LocalCluster;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting
{
    /// <summary>Collects the description of the cluster.</summary>
    internal interface IDistributedApplicationBuilder
    {
        /// <summary>appsettings.json, user secrets, environment variables and command line; the last one wins.</summary>
        ConfigurationManager Configuration { get; }

        /// <summary>Folder of the AppHost project, or of its assembly where there is no source.</summary>
        string AppHostDirectory { get; }

        /// <summary>Adds a resource.</summary>
        ApplicationModel.IResourceBuilder<T> AddResource<T>(T resource) where T : ApplicationModel.IResource;

        /// <summary>Ends the description.</summary>
        DistributedApplication Build();
    }

    /// <summary>The local cluster's builder.</summary>
    internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
    {
        private readonly LaunchOptions _options;
        private readonly List<ApplicationModel.IResource> _resources = [];

        public DistributedApplicationBuilder(string[] args)
        {
            _options = LaunchOptions.Parse(args);
            AppHostDirectory = LauncherConfiguration.FindAppHostDirectory();
            Configuration = LauncherConfiguration.Load(AppHostDirectory, _options);
            Parameters = new ParameterStore(Configuration);
        }

        /// <inheritdoc />
        public ConfigurationManager Configuration { get; }

        /// <inheritdoc />
        public string AppHostDirectory { get; }

        /// <summary>Finds or makes the values of parameters.</summary>
        public ParameterStore Parameters { get; }

        /// <inheritdoc />
        public ApplicationModel.IResourceBuilder<T> AddResource<T>(T resource) where T : ApplicationModel.IResource
        {
            if (_resources.Any(other => string.Equals(other.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
            {
                throw new LaunchException($"AppHost.cs adds two resources named '{resource.Name}'. Give one of them another name.");
            }

            _resources.Add(resource);
            return new ResourceBuilder<T>(this, resource);
        }

        /// <inheritdoc />
        public DistributedApplication Build() => new(_options, Configuration, AppHostDirectory, _resources);

        private sealed record ResourceBuilder<T>(IDistributedApplicationBuilder ApplicationBuilder, T Resource) : ApplicationModel.IResourceBuilder<T>
            where T : ApplicationModel.IResource;
    }
}

namespace Aspire.Hosting.ApplicationModel
{
    /// <summary>Describes one resource further.</summary>
    internal interface IResourceBuilder<out T> where T : IResource
    {
        /// <summary>The builder of the whole cluster.</summary>
        IDistributedApplicationBuilder ApplicationBuilder { get; }

        /// <summary>The resource.</summary>
        T Resource { get; }
    }
}
