using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests.Routes;

/// <summary>Speaks plain HTTP to the routes of the service of the tests.</summary>
internal sealed class RouteClient(Uri gateway, string? token) : IDisposable
{
    public const string Root = $"/svc/{TestFunctions.Service}";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = gateway };

    public static async Task<RouteClient> AsAsync(TestCluster cluster, string user, params string[] roles) =>
        new(cluster.Gateway.Address, await cluster.Api.TokenAsync(user, roles));

    /// <summary>Sends a request below <see cref="Root"/>.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content = null, Action<HttpRequestMessage>? change = null, CancellationToken? cancellation = null)
    {
        using var request = new HttpRequestMessage(method, $"{Root}{path}") { Content = content };
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        change?.Invoke(request);
        return await Wait.For(_http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation ?? Wait.Ended));
    }

    /// <summary>The text of a response that must be a success.</summary>
    public async Task<string> GetAsync(string path, Action<HttpRequestMessage>? change = null)
    {
        using var response = await SendAsync(HttpMethod.Get, path, change: change);
        var text = await response.Content.ReadAsStringAsync(Wait.Ended);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
        return text;
    }

    /// <summary>The gateway's refusal.</summary>
    public async Task<Answer> RefusedAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var response = await SendAsync(method, path, content);
        return await AnswerOfAsync(response);
    }

    public static async Task<Answer> AnswerOfAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Wait.Ended);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return new Answer((int)response.StatusCode, JsonDocument.Parse(text).RootElement) { Http = response };
    }

    /// <summary>Sends a request target as it is, which no HTTP library would. The response, head and body.</summary>
    public async Task<string> SendRawAsync(string target)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(gateway.Host, gateway.Port, Wait.Ended);
        await using var stream = client.GetStream();
        var request = $"GET {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Wait.Ended);
        using var reader = new StreamReader(stream);
        return await Wait.For(reader.ReadToEndAsync(Wait.Ended));
    }

    /// <summary>Opens a WebSocket.</summary>
    public async Task<ClientWebSocket> OpenSocketAsync(string path, bool tokenInQuery = false)
    {
        var socket = new ClientWebSocket();
        if (!tokenInQuery && token is not null)
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        }

        var query = tokenInQuery ? $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}access_token={token}" : "";
        await Wait.For(socket.ConnectAsync(new Uri($"ws://{gateway.Authority}{Root}{path}{query}"), Wait.Ended));
        return socket;
    }

    public void Dispose() => _http.Dispose();
}
