using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GenApi.Cli.Tests.Running;

/// <summary>A request as the stub got it.</summary>
public sealed record Asked(string Method, string Url, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

/// <summary>
/// Stands for a gateway, on a loopback port that the system picks. It gives the answers of the HTTP contract that a test asks for and keeps
/// what it was sent. Making tokens works from the start.
/// </summary>
public sealed class StubGateway : IAsyncDisposable
{
    public const string AdminToken = "admin-token-of-the-stub";
    public const string ClientToken = "client-token-of-the-stub";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _answers = new();
    private readonly ConcurrentQueue<Asked> _asked = new();

    private StubGateway()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
        On("POST /admin/tokens", http => http.Request.Headers.Authorization == $"Bearer {AdminToken}"
            ? JsonAsync(http, 200, $$"""{"access_token":"{{ClientToken}}","token_type":"Bearer","expires_in":3600}""")
            : JsonAsync(http, 401, """{"code":"unauthenticated","error":"The admin token is missing or wrong."}"""));
    }

    /// <summary>The base URL, without a slash at the end.</summary>
    public string Url { get; private set; } = "";

    /// <summary>The requests so far, oldest first.</summary>
    public IReadOnlyList<Asked> Asked => [.. _asked];

    /// <summary>The only request so far that is not for a token.</summary>
    public Asked OnlyCall => Assert.Single(Asked, asked => asked.Url != "/admin/tokens");

    public static async Task<StubGateway> StartAsync()
    {
        var stub = new StubGateway();
        await stub._app.StartAsync(TestContext.Current.CancellationToken);
        stub.Url = stub._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return stub;
    }

    public static async Task JsonAsync(HttpContext http, int status, string json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.WriteAsync(json, http.RequestAborted);
    }

    /// <summary>Answers a method and path with JSON.</summary>
    public void On(string route, int status, string json) => On(route, http => JsonAsync(http, status, json));

    /// <summary>Answers a method and path.</summary>
    public void On(string route, Func<HttpContext, Task> answer) => _answers[route] = answer;

    /// <summary>Answers a method and path with server-sent events.</summary>
    public void OnStream(string route, params string[] responses) => On(route, async http =>
    {
        await BeginStreamAsync(http);
        foreach (var response in responses)
        {
            await EventAsync(http, response);
        }
    });

    /// <summary>Answers a method and path with lines of JSON.</summary>
    public void OnLines(string route, params string[] lines) => On(route, async http =>
    {
        await BeginLinesAsync(http);
        foreach (var line in lines)
        {
            await LineAsync(http, line);
        }
    });

    public static Task BeginLinesAsync(HttpContext http)
    {
        http.Response.ContentType = "application/x-ndjson";
        return http.Response.Body.FlushAsync(http.RequestAborted);
    }

    public static async Task LineAsync(HttpContext http, string line)
    {
        await http.Response.WriteAsync($"{line}\n", http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }

    public static Task BeginStreamAsync(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        return http.Response.Body.FlushAsync(http.RequestAborted);
    }

    public static async Task EventAsync(HttpContext http, string data)
    {
        await http.Response.WriteAsync($"data: {data}\n\n", http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }

    public async ValueTask DisposeAsync()
    {
        // Clients keep connections open; a cancelled token closes them rather than waiting for them.
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        _asked.Enqueue(new Asked(
            http.Request.Method,
            $"{http.Request.Path}{http.Request.QueryString}",
            http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body));
        if (_answers.TryGetValue($"{http.Request.Method} {http.Request.Path.Value}", out var answer))
        {
            await answer(http);
        }
        else
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }
}
