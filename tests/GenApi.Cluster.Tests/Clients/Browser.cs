using System.Text.Json;
using System.Text.Json.Nodes;

namespace GenApi.Cluster.Tests.Clients;

/// <summary>Chromium without a window. See tests/javascript/browser.mjs.</summary>
public sealed class Browser : IAsyncDisposable
{
    private readonly JavaScriptProcess _process = JavaScriptProcess.Start("browser.mjs");

    private Browser()
    {
    }

    /// <summary>Starts the browser. It ends with this process.</summary>
    /// <param name="program">Full path of the browser's program.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<Browser> StartAsync(string program, CancellationToken cancellationToken)
    {
        var browser = new Browser();
        try
        {
            await browser.CommandAsync("launch", new JsonObject { ["program"] = program }, cancellationToken);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens an address in a new tab.</summary>
    /// <param name="address">The address.</param>
    /// <param name="cancellationToken">Ends the attempt, and whatever is later done on the page.</param>
    public async Task<BrowserPage> OpenAsync(Uri address, CancellationToken cancellationToken)
    {
        var handle = await CommandAsync("open", new JsonObject { ["url"] = address.AbsoluteUri }, cancellationToken);
        return new BrowserPage(this, handle.GetInt32(), cancellationToken);
    }

    /// <inheritdoc cref="JavaScriptProcess.CommandAsync" />
    internal Task<JsonElement> CommandAsync(string operation, JsonObject parameters, CancellationToken cancellationToken) =>
        _process.CommandAsync(operation, parameters, cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
