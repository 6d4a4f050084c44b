using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace GenApi.AppHost;

/// <summary>
/// Makes the cluster's first call, as a client would, and prints how to repeat it. So "ready" means that a call was answered, not only that
/// processes run, and the commands printed are known to work.
/// </summary>
internal static class FirstCall
{
    private const string User = """{"user_id":"alice","roles":["user"]}""";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Once the node is ready: gets a token for a demo user from the gateway, makes the call until it is answered, and prints it as a curl command.</summary>
    /// <param name="node">The node that answers the call.</param>
    /// <param name="gateway">The gateway the call goes through.</param>
    /// <param name="adminToken">The gateway's admin token, which allows making client tokens.</param>
    /// <param name="path">Path of the call on the gateway, for example /api/sample/echo.</param>
    /// <param name="arguments">The call's arguments, a JSON object without single quotes.</param>
    public static IResourceBuilder<ProjectResource> WithFirstCall(
        this IResourceBuilder<ProjectResource> node,
        IResourceBuilder<ProjectResource> gateway,
        IResourceBuilder<ParameterResource> adminToken,
        string path,
        string arguments) =>
        node.OnResourceReady(async (_, _, cancellationToken) =>
        {
            var url = gateway.Resource.GetEndpoints().First().Url;
            var admin = await adminToken.Resource.GetValueAsync(cancellationToken) ?? "";

            // The gateway is on this machine: a proxy from the environment must not come between.
            using var handler = new SocketsHttpHandler { UseProxy = false };
            using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(10) };
            var token = await UntilAnswered(() => MintTokenAsync(client, url, admin, cancellationToken), cancellationToken);
            var call = token.Value is null
                ? token
                : await UntilAnswered(() => PostAsync(client, url + path, token.Value, arguments, cancellationToken), cancellationToken);
            using var self = Process.GetCurrentProcess();
            var sinceStart = DateTime.Now - self.StartTime;

            // In one piece, since logs are written at the same time.
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(Encoding.UTF8.GetBytes(Describe(url, path, arguments, admin, token.Value, call, sinceStart)), cancellationToken);
        });

    private static string Describe(string url, string path, string arguments, string admin, string? token, Answer call, TimeSpan sinceStart)
    {
        var text = new StringBuilder().AppendLine();
        text.AppendLine(call.Value is null
            ? $"No call was answered within {Patience.TotalSeconds:0} s. Last problem: {call.Problem}"
            : $"First call answered {sinceStart.TotalSeconds:0.0} s after start: {call.Value}").AppendLine();

        text.AppendLine("Admin token:").AppendLine().AppendLine($"  {admin}").AppendLine();

        // What follows the # stays in the browser.
        text.AppendLine("The web console, signed in:").AppendLine().AppendLine($"  {url}/console/#token={Uri.EscapeDataString(admin)}").AppendLine();
        if (token is not null)
        {
            text.AppendLine("A call, as user alice:").AppendLine();
            text.AppendLine($"  curl -s {url}{path} -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -d '{arguments}'").AppendLine();
        }

        text.AppendLine("A new client token, and a call with it:").AppendLine();
        text.AppendLine($"  TOKEN=$(curl -s {url}/admin/tokens -H 'Authorization: Bearer {admin}' -H 'Content-Type: application/json' -d '{User}' | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')");
        text.AppendLine($"  curl -s {url}{path} -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' -d '{arguments}'").AppendLine();
        return text.ToString();
    }

    private static async Task<Answer> MintTokenAsync(HttpClient client, string url, string admin, CancellationToken cancellationToken)
    {
        var answer = await PostAsync(client, $"{url}/admin/tokens", admin, User, cancellationToken);
        if (answer.Value is null)
        {
            return answer;
        }

        using var document = JsonDocument.Parse(answer.Value);
        return document.RootElement.TryGetProperty("access_token", out var token) && token.GetString() is { } value
            ? new Answer(value, null)
            : new Answer(null, $"POST {url}/admin/tokens answered without an access_token.");
    }

    private static async Task<Answer> PostAsync(HttpClient client, string url, string token, string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        using var response = await client.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode ? new Answer(text, null) : new Answer(null, $"POST {url} answered {(int)response.StatusCode} {text}");
    }

    /// <summary>Tries until there is an answer: a node that just became ready may not yet be known to the gateway.</summary>
    private static async Task<Answer> UntilAnswered(Func<Task<Answer>> attempt, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            Answer answer;
            try
            {
                answer = await attempt();
            }
            catch (Exception exception) when (exception is HttpRequestException or JsonException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                answer = new Answer(null, exception.Message);
            }

            if (answer.Value is not null || Stopwatch.GetElapsedTime(started) > Patience)
            {
                return answer;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private sealed record Answer(string? Value, string? Problem);
}
