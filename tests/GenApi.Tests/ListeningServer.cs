using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace GenApi.Tests;

/// <summary>A server that says that it listens, and does not.</summary>
internal sealed class ListeningServer : IServer
{
    public ListeningServer(string[] listening) => Features.Set<IServerAddressesFeature>(new ListeningOn(listening));

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        // Nothing to dispose.
    }

    private sealed class ListeningOn(string[] addresses) : IServerAddressesFeature
    {
        public ICollection<string> Addresses { get; } = [.. addresses];

        public bool PreferHostingUrls { get; set; }
    }
}
