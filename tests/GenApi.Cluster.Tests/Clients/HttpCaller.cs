using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace GenApi.Cluster.Tests.Clients;

/// <summary>Calls the sample service over HTTP.</summary>
public sealed class HttpCaller(Uri gateway, string adminToken) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // The cluster is on this machine: a proxy from the environment must not come between.
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Has the gateway make a client token.</summary>
    public async Task<string> CreateTokenAsync(string userId, CancellationToken cancellationToken, params IReadOnlyList<string> roles)
    {
        var body = JsonSerializer.Serialize(new Dictionary<string, object> { ["user_id"] = userId, ["roles"] = roles });
        using var response = await PostAsync(new Uri(gateway, "/admin/tokens"), adminToken, body, null, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"No token: {(int)response.StatusCode} {text}");
        using var answer = JsonDocument.Parse(text);
        return answer.RootElement.GetProperty("access_token").GetString()!;
    }

    /// <summary>Calls a function of the sample service.</summary>
    /// <param name="token">The client's token.</param>
    /// <param name="function">The function.</param>
    /// <param name="body">The body: its arguments as a JSON object, or junk.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <param name="traceparent">The trace the call belongs to; null: none.</param>
    public async Task<CallAnswer> CallAsync(string token, string function, string body, CancellationToken cancellationToken, string? traceparent = null)
    {
        using var response = await PostAsync(new Uri(gateway, $"/api/sample/{function}"), token, body, traceparent, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(text.StartsWith('{'), $"No response object: {(int)response.StatusCode} {text}");
        using var answer = JsonDocument.Parse(text);
        return CallAnswer.Read(answer.RootElement.Clone(), (int)response.StatusCode);
    }

    /// <summary>Waits until a call of <c>echo</c> is answered well.</summary>
    public Task WaitUntilCalledAsync(string token, CancellationToken cancellationToken) =>
        WaitForCodeAsync(token, "echo", """{"message":"hello"}""", null, cancellationToken);

    /// <summary>Calls a function until it fails with a code; null: until it does not fail.</summary>
    public async Task WaitForCodeAsync(string token, string function, string body, string? code, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        while ((await CallAsync(token, function, body, timeout.Token)).Code != code)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), timeout.Token);
        }
    }

    /// <summary>Switches a function of the sample service off or on.</summary>
    public async Task SwitchAsync(string function, string action, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        while (await PostStatusAsync(new Uri(gateway, $"/admin/functions/sample/{function}/1.0.0/{action}"), adminToken, "", timeout.Token) != 204)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), timeout.Token);
        }
    }

    /// <summary>Calls a stream function of the sample service.</summary>
    /// <returns>What is streamed, as it comes. Disposing it leaves the stream.</returns>
    public async Task<StreamReader> StreamAsync(string token, string function, string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, $"/api/sample/{function}")) { Content = Json(body) };
        Authorize(request, token);
        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
    }

    /// <summary>Has the admin API do something.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path below <c>/admin/</c>.</param>
    /// <param name="body">The body; null: none.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The status and the answer; an undefined element for an empty one.</returns>
    public async Task<(int Status, JsonElement Answer)> AdminAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(gateway, $"/admin/{path}")) { Content = body is null ? null : Json(body) };
        Authorize(request, adminToken);
        using var response = await _client.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    /// <summary>The status of a GET.</summary>
    public async Task<int> GetStatusAsync(Uri address, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        Authorize(request, token);
        using var response = await _client.SendAsync(request, cancellationToken);
        return (int)response.StatusCode;
    }

    /// <summary>The status of a POST.</summary>
    public async Task<int> PostStatusAsync(Uri address, string? token, string body, CancellationToken cancellationToken)
    {
        using var response = await PostAsync(address, token, body, null, cancellationToken);
        return (int)response.StatusCode;
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static void Authorize(HttpRequestMessage request, string? token)
    {
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    private async Task<HttpResponseMessage> PostAsync(Uri address, string? token, string body, string? traceparent, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = Json(body) };
        Authorize(request, token);
        if (traceparent is not null)
        {
            request.Headers.Add("traceparent", traceparent);
        }

        return await _client.SendAsync(request, cancellationToken);
    }
}
