using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GenApi.Bench.Load;

namespace GenApi.Bench.Servers;

/// <summary>Gateways and one sample node, as a deployment would run them: a process each, all checks on.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private const string EchoPath = $"/api/{EchoCall.Service}/{EchoCall.RequestType}";

    private Cluster(IReadOnlyList<ServerProcess> gateways, ServerProcess node, string clusterToken, IReadOnlyList<string> accessTokens)
    {
        Gateways = gateways;
        Node = node;
        ClusterToken = clusterToken;
        AccessTokens = accessTokens;
    }

    public IReadOnlyList<ServerProcess> Gateways { get; }

    public ServerProcess Gateway => Gateways[0];

    public ServerProcess Node { get; }

    /// <summary>What nodes show to gateways.</summary>
    public string ClusterToken { get; }

    /// <summary>What the admin API asks for.</summary>
    public required string AdminToken { get; init; }

    /// <summary>What clients show to gateways, a token for each user.</summary>
    public IReadOnlyList<string> AccessTokens { get; }

    public string AccessToken => AccessTokens[0];

    /// <summary>Starts them, makes client tokens and returns when a first echo has come back through each gateway.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="gateways">How many gateways. Several need a Redis in the settings.</param>
    /// <param name="settings">More environment variables for the gateways; null: none, and so state in memory.</param>
    /// <param name="users">How many users to make a client token for.</param>
    /// <exception cref="InvalidOperationException">One of them did not come up, or does not answer.</exception>
    public static async Task<Cluster> StartAsync(
        CancellationToken cancellationToken, int gateways = 1, IReadOnlyDictionary<string, string>? settings = null, int users = 1)
    {
        var clusterToken = RandomNumberGenerator.GetHexString(32);
        var adminToken = RandomNumberGenerator.GetHexString(32);
        var started = new List<ServerProcess>();
        ServerProcess? node = null;
        try
        {
            for (var number = 0; number < gateways; number++)
            {
                started.Add(await ServerProcess.StartAsync(
                    "gateway",
                    ServerAssemblies.Gateway,
                    new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
                    {
                        ["GenApi__ClusterToken"] = clusterToken,
                        ["GenApi__AdminToken"] = adminToken,
                        ["GenApi__AdminActions__0"] = "*",
                    },
                    cancellationToken));
            }

            node = await ServerProcess.StartAsync(
                "node",
                ServerAssemblies.Node,
                new Dictionary<string, string>
                {
                    ["GenApi__ClusterToken"] = clusterToken,
                    ["services__gateway__http__0"] = started[0].Url.OriginalString,
                },
                cancellationToken);

            var accessTokens = new List<string>(users);
            foreach (var gateway in started)
            {
                using var http = new HttpClient { BaseAddress = gateway.Url, Timeout = ServerProcess.AnswerTimeout };
                while (accessTokens.Count < users)
                {
                    accessTokens.Add(await MakeClientTokenAsync(http, adminToken, $"bench-{accessTokens.Count + 1}", gateway, cancellationToken));
                }

                await gateway.WaitUntilAsync(
                    $"answering POST {EchoPath}", token => TryEchoAsync(http, accessTokens[0], token), cancellationToken);
            }

            return new Cluster(started, node, clusterToken, accessTokens) { AdminToken = adminToken };
        }
        catch (Exception e)
        {
            var nodeTail = node?.Tail();
            await (node?.DisposeAsync() ?? ValueTask.CompletedTask);
            foreach (var gateway in started)
            {
                await gateway.DisposeAsync();
            }

            throw e is InvalidOperationException && nodeTail is { Length: > 0 } ? new InvalidOperationException(e.Message + nodeTail, e) : e;
        }
    }

    /// <summary>The function <c>sample/echo</c> through the hub, the link and the node. The users take turns to connect.</summary>
    /// <param name="name">Name in tables and ratios.</param>
    /// <param name="beside">More processes that a call keeps busy.</param>
    public Contender Hub(string name, params IReadOnlyList<IMeasuredProcess> beside)
    {
        var next = 0;
        return new Contender(
            name,
            Gateway.Url,
            [Gateway, Node, .. beside],
            (phase, shape) => new HubLoadConnection(phase, shape, EchoCall.OverHub(HubPath(AccessTokens[next++ % AccessTokens.Count]))));
    }

    /// <summary>The function <c>sample/ticks</c> through the hub, the link and the node, as a stream.</summary>
    public Contender Stream(string name) => new(
        name, Gateway.Url, [Gateway, Node], (phase, shape) => new HubLoadConnection(phase, shape, StreamCall.OverHub(HubPath(AccessToken))));

    /// <summary>The function <c>sample/echo</c> by HTTP.</summary>
    public Contender Http(string name) => new(
        name,
        Gateway.Url,
        [Gateway, Node],
        (phase, shape) => new HttpLoadConnection(phase, shape, Gateway.Url, EchoCall.OverHttp(EchoPath, AccessToken)));

    private static string HubPath(string accessToken) => $"/genapi?access_token={Uri.EscapeDataString(accessToken)}";

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        foreach (var gateway in Gateways)
        {
            await gateway.DisposeAsync();
        }
    }

    private static async Task<string> MakeClientTokenAsync(HttpClient http, string adminToken, string userId, ServerProcess gateway, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/tokens")
        {
            Content = new StringContent($$"""{"user_id":"{{userId}}","roles":["user"]}""", Encoding.UTF8, "application/json"),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", adminToken) },
        };
        using var response = await http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new InvalidOperationException($"POST /admin/tokens answered {(int)response.StatusCode}: {body}{gateway.Tail()}");
        }

        var token = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return token.GetProperty("access_token").GetString()
            ?? throw new InvalidOperationException("POST /admin/tokens answered without an access_token.");
    }

    private static async Task<string?> TryEchoAsync(HttpClient http, string accessToken, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, EchoPath)
        {
            Content = new StringContent(EchoCall.BodyJson, Encoding.UTF8, "application/json"),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", accessToken) },
        };
        using var response = await http.SendAsync(request, cancellationToken);
        return response.StatusCode == HttpStatusCode.OK
            ? null
            : $"it says {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}";
    }
}
