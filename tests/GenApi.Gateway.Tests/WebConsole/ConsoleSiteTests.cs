using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests.WebConsole;

/// <summary>The files of the web console as a gateway serves them. What they do in a browser is tried by the cluster's tests.</summary>
public sealed partial class ConsoleSiteTests
{
    [Fact]
    public async Task Every_file_is_served_to_anyone_with_its_kind_and_may_load_only_its_own_gateways_files()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var client = NewClient(cluster);
        var kinds = new Dictionary<string, string> { [".html"] = "text/html", [".css"] = "text/css", [".js"] = "text/javascript", [".svg"] = "image/svg+xml" };

        foreach (var path in await ReachableAsync(client))
        {
            using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(kinds[path.EndsWith('/') ? ".html" : Path.GetExtension(path)], answer.Content.Headers.ContentType!.MediaType);
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        }
    }

    [Fact]
    public async Task Every_file_of_the_site_is_used_by_it()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var client = NewClient(cluster);

        var built = typeof(GenApiGatewayExtensions).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("console/", StringComparison.Ordinal)).Select(name => "/" + name.Replace('\\', '/')).ToHashSet();
        var used = await ReachableAsync(client);

        Assert.True(used.Count > 15);
        Assert.Equal(built.Order(StringComparer.Ordinal), used.Where(path => path != "/console/").Append("/console/index.html").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_address_without_its_last_slash_leads_to_the_console()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var client = NewClient(cluster);

        using var answer = await client.GetAsync("/console", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("console/", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_browser_that_has_a_file_is_told_so()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var client = NewClient(cluster);
        using var first = await client.GetAsync("/console/main.js", TestContext.Current.CancellationToken);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/console/main.js") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var head = new HttpRequestMessage(HttpMethod.Head, "/console/main.js");

        using var second = await client.SendAsync(again, TestContext.Current.CancellationToken);
        using var headers = await client.SendAsync(head, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(first.Content.Headers.ContentLength, headers.Content.Headers.ContentLength);
        Assert.Empty(await headers.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(new CacheControlHeaderValue { NoCache = true }, first.Headers.CacheControl);
    }

    [Theory]
    [InlineData("GET", "/console/nothing.js", HttpStatusCode.NotFound)]
    [InlineData("GET", "/console/pages/", HttpStatusCode.NotFound)]
    [InlineData("GET", "/console/..%2fappsettings.json", HttpStatusCode.NotFound)]
    [InlineData("POST", "/console/", HttpStatusCode.MethodNotAllowed)]
    public async Task Nothing_else_is_there(string method, string path, HttpStatusCode status)
    {
        await using var cluster = await TestCluster.StartAsync();
        using var client = NewClient(cluster);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task It_can_be_switched_off()
    {
        await using var cluster = await TestCluster.StartAsync(new TestClusterOptions { GatewaySettings = new Dictionary<string, string?> { ["GenApi:Console:Enabled"] = "false" } });
        using var client = NewClient(cluster);

        foreach (var path in (string[])["/console", "/console/", "/console/main.js"])
        {
            using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    private static HttpClient NewClient(TestCluster cluster) =>
        new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = cluster.Gateway.Address };

    /// <summary>The start page and all that it loads, and what that loads.</summary>
    private static async Task<IReadOnlyList<string>> ReachableAsync(HttpClient client)
    {
        var found = new List<string> { "/console/" };
        for (var next = 0; next < found.Count; next++)
        {
            var from = new Uri(client.BaseAddress!, found[next]);
            var text = await client.GetStringAsync(from, TestContext.Current.CancellationToken);
            found.AddRange(Loads().Matches(text).Select(load => new Uri(from, load.Groups["path"].Value).AbsolutePath).Distinct().Where(path => !found.Contains(path)));
        }

        return found;
    }

    [GeneratedRegex("""(?:from |<link [^>]*href=|<script [^>]*src=|\bimport )['"](?<path>[^'"]+)['"]""")]
    private static partial Regex Loads();
}
