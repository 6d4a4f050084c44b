using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GenApi.Bench.Load;

namespace GenApi.Bench.Servers;

/// <summary>A gateway and one sample node, as a deployment would run them: two processes, all checks on, state in memory.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private const string EchoPath = $"/api/{EchoCall.Service}/{EchoCall.RequestType}";

    private readonly string _accessToken;

    private Cluster(ServerProcess gateway, ServerProcess node, string accessToken)
    {
        Gateway = gateway;
        Node = node;
        _accessToken = accessToken;
    }

    public ServerProcess Gateway { get; }

    public ServerProcess Node { get; }

    /// <summary>Starts both, makes a client token and returns when a first echo has come back.</summary>
    /// <exception cref="InvalidOperationException">One of them did not come up, or does not answer.</exception>
    public static async Task<Cluster> StartAsync(CancellationToken cancellationToken)
    {
        var clusterToken = RandomNumberGenerator.GetHexString(32);
        var adminToken = RandomNumberGenerator.GetHexString(32);
        ServerProcess? gateway = null;
        ServerProcess? node = null;
        try
        {
            gateway = await ServerProcess.StartAsync(
                "gateway",
                ServerAssemblies.Gateway,
                new Dictionary<string, string>
                {
                    ["GenApi__ClusterToken"] = clusterToken,
                    ["GenApi__AdminToken"] = adminToken,
                    ["GenApi__AdminActions__0"] = "*",
                },
                cancellationToken);
            node = await ServerProcess.StartAsync(
                "node",
                ServerAssemblies.Node,
                new Dictionary<string, string>
                {
                    ["GenApi__ClusterToken"] = clusterToken,
                    ["services__gateway__http__0"] = gateway.Url.OriginalString,
                },
                cancellationToken);

            using var http = new HttpClient { BaseAddress = gateway.Url, Timeout = ServerProcess.AnswerTimeout };
            var accessToken = await MakeClientTokenAsync(http, adminToken, gateway, cancellationToken);
            await gateway.WaitUntilAsync(
                $"answering POST {EchoPath}", token => TryEchoAsync(http, accessToken, token), cancellationToken);
            return new Cluster(gateway, node, accessToken);
        }
        catch (Exception e)
        {
            var nodeTail = node?.Tail();
            await (node?.DisposeAsync() ?? ValueTask.CompletedTask);
            await (gateway?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw e is InvalidOperationException && nodeTail is { Length: > 0 } ? new InvalidOperationException(e.Message + nodeTail, e) : e;
        }
    }

    /// <summary>The function <c>sample/echo</c> through the hub, the link and the node.</summary>
    public Contender Hub(string name) => new(
        name,
        Gateway.Url,
        [Gateway, Node],
        (phase, shape) => new HubLoadConnection(phase, shape, EchoCall.OverHub($"/genapi?access_token={Uri.EscapeDataString(_accessToken)}")));

    /// <summary>The function <c>sample/echo</c> by HTTP.</summary>
    public Contender Http(string name) => new(
        name,
        Gateway.Url,
        [Gateway, Node],
        (phase, shape) => new HttpLoadConnection(phase, shape, Gateway.Url, EchoCall.OverHttp(EchoPath, _accessToken)));

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await Gateway.DisposeAsync();
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
