using GenApi.Cluster.Tests.Clients;

namespace GenApi.Cluster.Tests.Running;

/// <summary>A browser for the tests of a class: started before the first, ended after the last.</summary>
public sealed class RunningBrowser : IAsyncLifetime
{
    private Browser? _browser;

    /// <summary>The browser.</summary>
    public Browser Browser => _browser ?? throw new InvalidOperationException("There is no browser: the test lacks a BrowserFact attribute.");

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        // Where there is none, every test says so itself.
        if (Machine.CannotRunBrowser is null)
        {
            _browser = await Browser.StartAsync(Machine.Chromium!, CancellationToken.None);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }
}
