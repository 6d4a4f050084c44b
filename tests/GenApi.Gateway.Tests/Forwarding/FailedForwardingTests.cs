using System.Net.Sockets;
using System.Text;
using GenApi.Gateway.Diagnostics.Cluster;
using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;
using GenApi.Gateway.Tests.Storage;
using GenApi.Testing.Redis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GenApi.Gateway.Tests.Forwarding;

/// <summary>A request of the admin API that cannot be passed on is answered with the reason, and not with another one.</summary>
public sealed class FailedForwardingTests
{
    [RedisFact]
    public async Task A_body_that_the_gateway_in_between_does_not_take_is_refused_for_that()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis, builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 1000));
        await AnotherAsync(cluster, cluster.Gateway.Address);

        var tooLarge = await AskAsync(cluster.Api, HttpMethod.Post, "/admin/trace", new string(' ', 1001));
        Assert.Equal((413, "invalid_request", "The body is larger than the gateway accepts."), (tooLarge.Status, tooLarge.Code, tooLarge.Error));
        var broken = await SendRawAsync(cluster.Gateway.Address, $"POST /admin/trace HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TestCluster.AdminToken}\r\nX-GenApi-Gateway: beta\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nno length\r\n");
        Assert.StartsWith("HTTP/1.1 400 ", broken, StringComparison.Ordinal);
        Assert.Contains("The body of the request ended too early.", broken, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task An_address_that_is_none_was_sent_nothing()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis);
        await AnotherAsync(cluster, new Uri("http://127.0.0.1:1"));
        var store = cluster.Gateway.Services.GetRequiredService<IGatewayFigureStore>();

        // The gateway may tell its real one in between.
        Answer? lost = null;
        await Wait.UntilAsync(async () =>
        {
            await store.PutAsync((await store.FindAsync("beta", Wait.Ended))! with { Address = "http://<file handle>" }, Wait.Ended);
            lost = await AskAsync(cluster.Api, HttpMethod.Get, "/admin/health");
            return lost.Error?.Contains("<file handle>", StringComparison.Ordinal) == true;
        });
        Assert.Equal((502, "gateway_unreachable"), (lost!.Status, lost.Code));
        Assert.Contains("cannot be reached at http://<file handle>", lost.Error, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task A_gateway_in_between_that_stops_does_not_say_that_the_other_one_is_lost()
    {
        var asked = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        await using var slow = await TestApp.StartAsync([], _ => { }, app => app.MapGet("/admin/events", async http =>
        {
            asked.TrySetResult();
            await go.Task.WaitAsync(http.RequestAborted);
            http.Response.ContentType = "application/x-ndjson";
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        }));
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await StartAsync(redis);
        await AnotherAsync(cluster, slow.Address);

        var asking = AskAsync(cluster.Api, HttpMethod.Get, "/admin/events");
        await Wait.For(asked.Task);
        var stopping = cluster.Gateway.StopAsync();
        await Wait.UntilAsync(() => cluster.Gateway.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
        go.TrySetResult();

        var answer = await asking;
        Assert.Equal((503, "unavailable"), (answer.Status, answer.Code));
        Assert.Contains("'alpha'", answer.Error, StringComparison.Ordinal);
        await Wait.For(stopping);
    }

    private static Task<TestCluster> StartAsync(RedisServer redis, Action<WebApplicationBuilder>? configure = null) => TestCluster.StartAsync(new TestClusterOptions
    {
        GatewaySettings = new Dictionary<string, string?> { ["GenApi:GatewayId"] = "alpha", ["ConnectionStrings:redis"] = redis.ConnectionString },
        ConfigureGateway = configure,
    });

    /// <summary>Starts one more gateway, which tells an address that is not its own, and waits until the other one has heard.</summary>
    private static async Task AnotherAsync(TestCluster cluster, Uri address)
    {
        await cluster.StartAnotherGatewayAsync(new Dictionary<string, string?> { ["GenApi:GatewayId"] = "beta", ["GenApi:Address"] = address.ToString() });
        var store = cluster.Gateway.Services.GetRequiredService<IGatewayFigureStore>();
        await Wait.UntilAsync(async () => await store.FindAsync("beta", Wait.Ended) is not null);
    }

    private static Task<Answer> AskAsync(ApiClient api, HttpMethod method, string path, string? body = null) =>
        api.SendAsync(method, path, body, TestCluster.AdminToken, request => request.Headers.Add("X-GenApi-Gateway", "beta"));

    private static async Task<string> SendRawAsync(Uri address, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, Wait.Ended);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Wait.Ended);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync(Wait.Ended);
    }
}
