using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace GenApi.Calls.Tests.Clients;

/// <summary>Speaks plain HTTP to a gateway.</summary>
internal sealed class ApiClient(Uri gateway) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = gateway, Timeout = Wait.Patience };

    /// <summary>Asks for a client token.</summary>
    public async Task<string> TokenAsync(string user, params IReadOnlyList<string> roles)
    {
        var answer = await AdminAsync(HttpMethod.Post, "/admin/tokens", JsonSerializer.Serialize(new { user_id = user, roles }));
        Assert.Equal(200, answer.Status);
        return answer.Body.GetProperty("access_token").GetString()!;
    }

    public async Task<Answer> AdminAsync(HttpMethod method, string path, string? body = null)
    {
        using var response = await _http.SendAsync(Message(method, path, body, Secrets.Admin), Wait.Ended);
        return await ReadAsync(response);
    }

    /// <summary>Pushes functions to the gateway as a node does.</summary>
    /// <param name="service">The service.</param>
    /// <param name="configVersion">What tells this push from others.</param>
    /// <param name="functions">Function configs in JSON, with a comma in between.</param>
    /// <param name="node">The node in whose name it is; null: nobody's.</param>
    public async Task<Answer> PushAsync(string service, string configVersion, string functions, Uri? node = null)
    {
        // Only the node itself knows its id.
        var identity = node is null ? "null" : (await GetAsync(new Uri(node, "/genapi/config").ToString(), Secrets.Cluster)).Body.GetProperty("node").GetRawText();
        var body = $$"""{"service":"{{service}}","config_version":"{{configVersion}}","node":{{identity}},"fun_configs":[{{functions}}]}""";
        using var response = await _http.SendAsync(Message(HttpMethod.Post, "/cluster/push", body, Secrets.Cluster), Wait.Ended);
        return await ReadAsync(response);
    }

    public async Task<Answer> GetAsync(string path, string? token)
    {
        using var response = await _http.SendAsync(Message(HttpMethod.Get, path, null, token), Wait.Ended);
        return await ReadAsync(response);
    }

    /// <summary>Calls a function that answers with one response.</summary>
    public async Task<Answer> CallAsync(string service, string function, string args, string? token, string? version = null, string? requestId = null, string? deviceId = null, CancellationToken? cancellation = null)
    {
        using var response = await _http.SendAsync(CallMessage(service, function, args, token, version, requestId, deviceId), cancellation ?? Wait.Ended);
        return await ReadAsync(response);
    }

    /// <summary>Calls a function and reads nothing of the answer yet.</summary>
    public Task<HttpResponseMessage> OpenAsync(string service, string function, string args, string? token, string? version = null, string? requestId = null, string? deviceId = null, CancellationToken? cancellation = null) =>
        _http.SendAsync(CallMessage(service, function, args, token, version, requestId, deviceId), HttpCompletionOption.ResponseHeadersRead, cancellation ?? Wait.Ended);

    /// <summary>The responses of an event stream, or the one of any other answer.</summary>
    public static async IAsyncEnumerable<Answer> EventsAsync(HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            yield return await ReadAsync(response);
            yield break;
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var parser = SseParser.Create(body, static (_, data) => JsonElement.Parse(data));
        await foreach (var item in parser.EnumerateAsync(cancellationToken))
        {
            yield return new Answer(item.Data, (int)response.StatusCode);
        }
    }

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Wait.Ended);
        return new Answer(text.Length == 0 ? default : JsonElement.Parse(text), (int)response.StatusCode) { Headers = response.Headers };
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage CallMessage(string service, string function, string args, string? token, string? version, string? requestId, string? deviceId)
    {
        var message = Message(HttpMethod.Post, $"/api/{service}/{function}{(version is null ? "" : $"?version={version}")}", args, token);
        if (requestId is not null)
        {
            message.Headers.Add("X-Request-Id", requestId);
        }

        if (deviceId is not null)
        {
            message.Headers.Add("X-Device-Id", deviceId);
        }

        return message;
    }

    private static HttpRequestMessage Message(HttpMethod method, string path, string? body, string? token)
    {
        var message = new HttpRequestMessage(method, path)
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (token is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return message;
    }
}

/// <summary>The secrets of the tests' clusters.</summary>
internal static class Secrets
{
    public const string Cluster = "the-cluster-token-of-the-tests";
    public const string Admin = "the-admin-token-of-the-tests";
}
