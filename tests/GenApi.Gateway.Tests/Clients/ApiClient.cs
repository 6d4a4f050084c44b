using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests.Clients;

/// <summary>Speaks plain HTTP to the gateway.</summary>
internal sealed class ApiClient(HttpClient http)
{
    /// <summary>Calls a function by HTTP.</summary>
    public async Task<Answer> CallAsync(
        string service,
        string function,
        string args,
        string? token,
        string? version = null,
        Action<HttpRequestMessage>? change = null,
        CancellationToken? cancellation = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/{service}/{function}{(version is null ? "" : $"?version={version}")}")
        {
            Content = new StringContent(args, Encoding.UTF8, "application/json"),
        };
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        change?.Invoke(request);
        return await SendAsync(request, cancellation ?? Wait.Ended);
    }

    /// <summary>Calls a function of the tests by HTTP, as a user that everybody may be.</summary>
    public async Task<Answer> CallAsync(string function, string args = "{}") =>
        await CallAsync(TestFunctions.Service, function, args, await TokenAsync("alice"));

    /// <summary>Asks for a client token.</summary>
    public async Task<string> TokenAsync(string user, params string[] roles)
    {
        var answer = await PostAsync("/admin/tokens", JsonSerializer.Serialize(new { user_id = user, roles }), TestCluster.AdminToken);
        Assert.Equal(200, answer.Status);
        return answer.Body.GetProperty("access_token").GetString()!;
    }

    /// <summary>Posts JSON, or what is meant to look like it.</summary>
    public Task<Answer> PostAsync(string path, string body, string? bearer) => SendAsync(HttpMethod.Post, path, body, bearer);

    public Task<Answer> GetAsync(string path, string? bearer) => SendAsync(HttpMethod.Get, path, null, bearer);

    public Task<Answer> DeleteAsync(string path, string? bearer) => SendAsync(HttpMethod.Delete, path, null, bearer);

    public Task<Answer> PushAsync(string body, string query = "", string? bearer = TestCluster.ClusterToken) =>
        PostAsync($"/cluster/push{query}", body, bearer);

    /// <summary>What a push of one node with some functions looks like.</summary>
    public static string Push(string service, string version, string functions, string? address = null, string nodeId = "node-1") =>
        $$"""
        {"service":"{{service}}","config_version":"{{version}}","fun_configs":[{{functions}}],
         "node":{{(address is null ? "null" : $$"""{"id":"{{nodeId}}","address":"{{address}}"}""")}} }
        """;

    /// <summary>A function config with every member that has a default spelt out.</summary>
    public static string Function(string name, string more = "") =>
        $$"""{"request_type":"{{name}}","timeout":5000,"choose_node_mode":"random","hook_timeout":5000{{more}}}""";

    public Task<Answer> SendAsync(HttpMethod method, string path, string? body, string? bearer, Action<HttpRequestMessage>? change = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (bearer is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        change?.Invoke(request);
        return SendAsync(request, Wait.Ended);
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await http.SendAsync(request, cancellationToken).WaitAsync(Wait.Patience, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            return new Answer((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement) { Http = response };
        }
        catch (JsonException)
        {
            throw new InvalidOperationException($"{request.RequestUri} answered {(int)response.StatusCode} with what is no JSON: {text}");
        }
    }
}
