using System.Text.Json;
using System.Text.Json.Nodes;

namespace GenApi.Cluster.Tests.Clients;

/// <summary>
/// A page, or a part of it, as a person sees and uses it: everything is found by the words on it. Every method waits for what it needs, and
/// fails with what is there instead.
/// </summary>
public class BrowserPart
{
    private readonly Browser _browser;
    private readonly int _page;
    private readonly CancellationToken _cancellationToken;
    private readonly IReadOnlyList<(string Kind, JsonNode Wanted)> _within;

    private protected BrowserPart(Browser browser, int page, IReadOnlyList<(string Kind, JsonNode Wanted)> within, CancellationToken cancellationToken)
    {
        _browser = browser;
        _page = page;
        _within = within;
        _cancellationToken = cancellationToken;
    }

    /// <summary>The section whose heading begins so.</summary>
    public BrowserPart Section(string heading) => Within("section", heading);

    /// <summary>The list of links of that name.</summary>
    public BrowserPart Navigation(string name) => Within("navigation", name);

    /// <summary>The first row of a table that has all these texts.</summary>
    public BrowserPart Row(params IEnumerable<string> texts) => Within("row", new JsonArray([.. texts.Select(text => JsonValue.Create(text))]));

    /// <summary>The first item of a list that has this text.</summary>
    public BrowserPart Item(string text) => Within("item", text);

    /// <summary>A row's cell below the title of its column.</summary>
    public BrowserPart Cell(string column) => Within("cell", column);

    /// <summary>Waits until the part is there and has this text.</summary>
    public Task SeeAsync(string text = "") => DoAsync("see", new JsonObject { ["text"] = text });

    /// <summary>Waits until the part has just this text.</summary>
    public Task SeeOnlyAsync(string text) => DoAsync("says", new JsonObject { ["text"] = text });

    /// <summary>Waits until the part is not there, or does not have this text.</summary>
    public Task SeeNoMoreAsync(string text = "") => DoAsync("gone", new JsonObject { ["text"] = text });

    /// <summary>The part's text, with every run of white space as one blank.</summary>
    public async Task<string> ReadAsync() => (await DoAsync("read")).GetString()!;

    /// <summary>The texts of the items of its list.</summary>
    public async Task<IReadOnlyList<string>> ReadItemsAsync() => (await DoAsync("items")).Deserialize<IReadOnlyList<string>>()!;

    /// <summary>The rows of its first table: the texts of the cells by the titles of their columns.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> ReadRowsAsync() =>
        (await DoAsync("rows")).Deserialize<IReadOnlyList<IReadOnlyDictionary<string, string>>>()!;

    /// <summary>Clicks the button of that name.</summary>
    public Task ClickAsync(string button) => DoAsync("click", new JsonObject { ["role"] = "button", ["name"] = button });

    /// <summary>Clicks the button of that name, and says yes to the question that comes.</summary>
    /// <returns>The question.</returns>
    public async Task<string> ClickAndConfirmAsync(string button) =>
        (await DoAsync("click", new JsonObject { ["role"] = "button", ["name"] = button, ["confirm"] = true })).GetString()!;

    /// <summary>Clicks the button of that name, which opens a tab of its own.</summary>
    /// <returns>The page in that tab.</returns>
    public async Task<BrowserPage> ClickAndOpenAsync(string button) =>
        new(_browser, (await DoAsync("click_opens", new JsonObject { ["role"] = "button", ["name"] = button })).GetInt32(), _cancellationToken);

    /// <summary>Clicks the link of that name.</summary>
    public Task FollowAsync(string link) => DoAsync("click", new JsonObject { ["role"] = "link", ["name"] = link });

    /// <summary>Types into the field whose label begins so, in place of what was there.</summary>
    public Task FillAsync(string label, string text) => DoAsync("fill", new JsonObject { ["label"] = label, ["text"] = text });

    /// <summary>What stands in the field whose label begins so.</summary>
    public async Task<string> ReadFieldAsync(string label) => (await DoAsync("typed", new JsonObject { ["label"] = label })).GetString()!;

    /// <summary>Chooses from the list whose label begins so.</summary>
    public Task ChooseAsync(string label, string option) => DoAsync("choose", new JsonObject { ["label"] = label, ["option"] = option });

    /// <summary>Ticks the box whose label begins so, or takes the tick away.</summary>
    public Task TickAsync(string label, bool ticked = true) => DoAsync("tick", new JsonObject { ["label"] = label, ["ticked"] = ticked });

    /// <summary>Whether the box whose label begins so is ticked.</summary>
    public async Task<bool> IsTickedAsync(string label) => (await DoAsync("ticked", new JsonObject { ["label"] = label })).GetBoolean();

    private protected Task<JsonElement> DoAsync(string operation, JsonObject? parameters = null)
    {
        parameters ??= [];
        parameters["page"] = _page;
        parameters["within"] = new JsonArray([.. _within.Select(step => new JsonArray(step.Kind, step.Wanted.DeepClone()))]);
        return _browser.CommandAsync(operation, parameters, _cancellationToken);
    }

    private BrowserPart Within(string kind, JsonNode wanted) => new(_browser, _page, [.. _within, (kind, wanted)], _cancellationToken);
}
