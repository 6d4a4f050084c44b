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

    private Cluster(IReadOnlyList<ServerProcess> gateways, ServerProcess node, string clusterToken, string accessToken)
    {
        Gateways = gateways;
        Node = node;
        ClusterToken = clusterToken;
        AccessToken = accessToken;
    }

    public IReadOnlyList<ServerProcess> Gateways { get; }

    public ServerProcess Gateway => Gateways[0];

    public ServerProcess Node { get; }

    /// <summary>What nodes show to gateways.</summary>
    public string ClusterToken { get; }

    /// <summary>What the admin API asks for.</summary>
    public required string AdminToken { get; init; }

    /// <summary>What clients show to gateways.</summary>
    public string AccessToken { get; }

    /// <summary>Starts them, makes a client token and returns when a first echo has come back through each gateway.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="gateways">How many gateways. Several need a Redis in the settings.</param>
    /// <param name="settings">More environment variables for the gateways; null: none, and so state in memory.</param>
    /// <exception cref="InvalidOperationException">One of them did not come up, or does not answer.</exception>
    public static async Task<Cluster> StartAsync(CancellationToken cancellationToken, int gateways = 1, IReadOnlyDictionary<string, string>? settings = null)
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

            string? accessToken = null;
            foreach (var gateway in started)
            {
                using var http = new HttpClient { BaseAddress = gateway.Url, Timeout = ServerProcess.AnswerTimeout };
                accessToken ??= await MakeClientTokenAsync(http, adminToken, gateway, cancellationToken);
                await gateway.WaitUntilAsync(
                    $"answering POST {EchoPath}", token => TryEchoAsync(http, accessToken, token), cancellationToken);
            }

            return new Cluster(started, node, clusterToken, accessToken!) { AdminToken = adminToken };
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

    /// <summary>The function <c>sample/echo</c> through the hub, the link and the node.</summary>
    public Contender Hub(string name) => new(
        name,
        Gateway.Url,
        [Gateway, Node],
        (phase, shape) => new HubLoadConnection(phase, shape, EchoCall.OverHub($"/genapi?access_token={Uri.EscapeDataString(AccessToken)}")));

    /// <summary>The function <c>sample/echo</c> by HTTP.</summary>
    public Contender Http(string name) => new(
        name,
        Gateway.Url,
        [Gateway, Node],
        (phase, shape) => new HttpLoadConnection(phase, shape, Gateway.Url, EchoCall.OverHttp(EchoPath, AccessToken)));

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        foreach (var gateway in Gateways)
        {
            await gateway.DisposeAsync();
        }
    }

    private static async Task<string> MakeClientTokenAsync(HttpClient http, string adminToken, ServerProcess gateway, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/tokens")
        {
            Content = new StringContent("""{"user_id":"bench-1","roles":["user"]}""", Encoding.UTF8, "application/json"),
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
