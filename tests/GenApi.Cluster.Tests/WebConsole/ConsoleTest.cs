using GenApi.Cluster.Tests.Clients;
using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests.WebConsole;

/// <summary>
/// Somebody at the web console, in a real browser. Each page has a tab of its own. At the end of each test, nothing may have gone wrong on any
/// of them that the test did not expect.
/// </summary>
public abstract class ConsoleTest(RunningCluster cluster, RunningBrowser browser) : ClusterTest(cluster), IClassFixture<RunningBrowser>, IAsyncDisposable
{
    private readonly List<BrowserPage> _pages = [];
    private readonly List<IAsyncDisposable> _shown = [];
    private readonly List<string> _expected = [];
    private Predicate<string> _mayBe = static _ => false;

    /// <summary>Opens the console in a new tab.</summary>
    /// <param name="address">What follows <c>/console/</c>.</param>
    /// <param name="gateway">The gateway whose console it is; null: the cluster's first.</param>
    protected async Task<BrowserPage> OpenAsync(string address = "", Uri? gateway = null)
    {
        var page = await browser.Browser.OpenAsync(new Uri(gateway ?? Cluster.AppHost.Gateway, $"/console/{address}"), Cancellation);
        _pages.Add(page);
        return page;
    }

    /// <summary>Opens the console in a new tab, signed in, and goes to a page by its link.</summary>
    protected async Task<BrowserPage> SignInAsync(string title)
    {
        var page = await OpenAsync($"#token={Cluster.AppHost.AdminToken}");
        await GoToAsync(page, title);
        return page;
    }

    /// <summary>Goes to a page by its link.</summary>
    protected static Task GoToAsync(BrowserPage page, string title) => page.Navigation("Pages").FollowAsync(title);

    /// <summary>Opens a function of the sample service, by the list of all functions.</summary>
    protected async Task<BrowserPage> OpenFunctionAsync(string function)
    {
        var page = await SignInAsync("Functions");
        await page.Section("sample").FollowAsync(function);
        await page.SeeAsync($"Functions / sample/{function}@1.0.0");
        return page;
    }

    /// <summary>Calls a function of the sample service by HTTP, at the gateway whose console is shown.</summary>
    protected async Task<CallAnswer> CallAsync(string function, string args, string user = "alice") =>
        await Cluster.Http.CallAsync(await Cluster.Http.CreateTokenAsync(user, Cancellation), function, args, Cancellation);

    /// <summary>Ends what pages show only once they are closed, so that they do not miss it.</summary>
    protected T EndAfterPages<T>(T shown)
        where T : IAsyncDisposable
    {
        _shown.Add(shown);
        return shown;
    }

    /// <summary>The test has the gateway refuse a request of the page, such as <c>401 GET /admin/health</c>.</summary>
    protected void ExpectTrouble(string trouble) => _expected.Add(trouble);

    /// <summary>The test makes trouble of which nobody can say how often it comes.</summary>
    protected void ExpectTroubles(Predicate<string> mayBe) => _mayBe = mayBe;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        var failed = TestContext.Current.TestState?.Result == TestResult.Failed;
        try
        {
            var troubles = new List<string>();
            foreach (var page in _pages)
            {
                troubles.AddRange(await page.ReadTroublesAsync());
                if (failed)
                {
                    TestContext.Current.TestOutputHelper?.WriteLine(
                        $"The page {await page.ReadAddressAsync()} had the troubles [{string.Join("; ", troubles)}] and showed:\n{await page.ReadAsync()}");
                }

                await page.CloseAsync();
            }

            if (!failed)
            {
                Assert.Equal(_expected.Order(StringComparer.Ordinal), troubles.Where(trouble => !_mayBe(trouble)).Order(StringComparer.Ordinal));
            }
        }
        finally
        {
            foreach (var shown in _shown)
            {
                await shown.DisposeAsync();
            }

            Dispose();
        }

        GC.SuppressFinalize(this);
    }
}
