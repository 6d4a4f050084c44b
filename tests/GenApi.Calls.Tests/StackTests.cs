using System.Net.Http.Headers;
using System.Text.Json;
using GenApi.Calls.Tests.Clients;
using GenApi.Calls.Tests.Running;

namespace GenApi.Calls.Tests;

/// <summary>The stacks of a debug report, of a gateway that is a process of its own.</summary>
public sealed class StackTests
{
    private const string Library = "Microsoft.Diagnostics.Tracing.TraceEvent.dll";

    [Fact]
    public async Task What_reads_stacks_is_loaded_when_somebody_asks_for_them_and_not_before()
    {
        await using var gateway = await StartAsync();
        using var http = Admin(gateway);

        await http.GetStringAsync("/admin/health", Wait.Ended);
        Assert.False((await ReportAsync(http, "/admin/debug")).TryGetProperty("stacks", out _));
        Assert.DoesNotContain(Library, await LoadedAsync(gateway), StringComparison.Ordinal);

        var stacks = (await ReportAsync(http, "/admin/debug?include_current_stacktrace=true")).GetProperty("stacks");
        Assert.Contains(Library, await LoadedAsync(gateway), StringComparison.Ordinal);
        Assert.True(stacks.GetProperty("managed_threads").GetInt32() > 1);
        Assert.Contains("System.Threading.", stacks.GetProperty("managed").GetRawText(), StringComparison.Ordinal);
        Assert.Contains("is an object until it goes on", stacks.GetProperty("note").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_runtime_that_forbids_it_is_named_with_what_to_do()
    {
        await using var gateway = await StartAsync(("DOTNET_EnableDiagnostics", "0"));
        using var http = Admin(gateway);

        var stacks = (await ReportAsync(http, "/admin/debug?include_current_stacktrace=true")).GetProperty("stacks");

        Assert.Contains("DOTNET_EnableDiagnostics=0", stacks.GetProperty("note").GetString(), StringComparison.Ordinal);
        Assert.False(stacks.TryGetProperty("managed", out _));
        Assert.NotEmpty(stacks.GetProperty("current_stacktrace").EnumerateArray());
        Assert.NotEmpty(stacks.GetProperty("threads").EnumerateArray());
    }

    private static Task<ServerProcess> StartAsync(params (string Name, string Value)[] settings) => ServerProcess.StartAsync(
        ServerProcess.Gateway,
        [
            new("GenApi__ClusterToken", Secrets.Cluster),
            new("GenApi__AdminToken", Secrets.Admin),
            .. settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)),
        ]);

    private static HttpClient Admin(ServerProcess gateway) => new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = gateway.Address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Secrets.Admin) },
    };

    private static async Task<JsonElement> ReportAsync(HttpClient http, string path)
    {
        using var json = JsonDocument.Parse(await http.GetStringAsync(path, Wait.Ended));
        return json.RootElement.Clone();
    }

    /// <summary>Everything that the process has mapped into its memory.</summary>
    private static Task<string> LoadedAsync(ServerProcess gateway) => File.ReadAllTextAsync($"/proc/{gateway.Id}/maps", Wait.Ended);
}
