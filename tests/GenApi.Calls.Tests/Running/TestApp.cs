using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace GenApi.Calls.Tests.Running;

/// <summary>An ASP.NET Core application on a loopback port, with nothing from the environment in its configuration.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LogLines _log;

    private TestApp(WebApplication app, LogLines log)
    {
        _app = app;
        _log = log;
        Address = new Uri(app.Urls.Single());
    }

    public Uri Address { get; }

    public IConfiguration Configuration => _app.Configuration;

    public IReadOnlyList<string> Log => _log.All;

    public static async Task<TestApp> StartAsync(
        string name,
        IEnumerable<KeyValuePair<string, string?>> settings,
        Action<WebApplicationBuilder> configure,
        Action<WebApplication> map,
        int port = 0)
    {
        var log = new LogLines();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = name,
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

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
