using System.Text.Json;
using System.Text.Json.Nodes;

namespace GenApi.Cluster.Tests.Clients;

/// <summary>A page in a tab of its own, which shares nothing with the others: no session, no cache.</summary>
public sealed class BrowserPage : BrowserPart
{
    internal BrowserPage(Browser browser, int handle, CancellationToken cancellationToken)
        : base(browser, handle, [], cancellationToken)
    {
    }

    /// <summary>Goes to another address.</summary>
    public Task GoAsync(Uri address) => DoAsync("go", new JsonObject { ["url"] = address.AbsoluteUri });

    /// <summary>Loads the page again, as the browser's button does.</summary>
    public Task ReloadAsync() => DoAsync("reload");

    /// <summary>The address as the browser shows it.</summary>
    public async Task<string> ReadAddressAsync() => (await DoAsync("address")).GetString()!;

    /// <summary>Puts something where the page keeps what it needs until its tab is closed.</summary>
    public Task KeepInTabAsync(string name, string value) => DoAsync("keep", new JsonObject { ["name"] = name, ["value"] = value });

    /// <summary>
    /// What went wrong on the page so far: errors and warnings in its log, faults that nobody caught, what its policy kept it from, requests that were
    /// refused or not answered, and questions that nobody expected.
    /// </summary>
    public async Task<IReadOnlyList<string>> ReadTroublesAsync() => (await DoAsync("troubles")).Deserialize<IReadOnlyList<string>>()!;

    /// <summary>Closes the tab.</summary>
    public Task CloseAsync() => DoAsync("close");
}
