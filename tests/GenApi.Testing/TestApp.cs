using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace GenApi.Testing;

/// <summary>An ASP.NET Core application on a loopback port, with nothing from the environment in its configuration.</summary>
public sealed class TestApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LogLines _log;

    private TestApp(WebApplication app, LogLines log)
    {
        _app = app;
        _log = log;
        Address = new Uri(app.Urls.Single());
    }

    /// <summary>Its base address.</summary>
    public Uri Address { get; }

    /// <summary>Its services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Its configuration, which a test may change.</summary>
    public IConfiguration Configuration => _app.Configuration;

    /// <summary>What it has logged so far.</summary>
    public IReadOnlyList<string> Log => _log.All;

    /// <summary>Starts an application.</summary>
    /// <param name="settings">All of its configuration.</param>
    /// <param name="configure">Adds its services.</param>
    /// <param name="map">Maps its endpoints.</param>
    /// <param name="port">Its port; 0: any.</param>
    public static async Task<TestApp> StartAsync(
        IEnumerable<KeyValuePair<string, string?>> settings,
        Action<WebApplicationBuilder> configure,
        Action<WebApplication> map,
        int port = 0)
    {
        var log = new LogLines();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = "Testing",
        });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.ClearProviders().AddProvider(log).AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        configure(builder);
        var app = builder.Build();
        map(app);
        await app.StartAsync(Wait.Ended);
        return new TestApp(app, log);
    }

    /// <summary>Stops as SIGTERM does.</summary>
    public Task StopAsync() => _app.StopAsync(CancellationToken.None);

    /// <summary>Ends it at once.</summary>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
