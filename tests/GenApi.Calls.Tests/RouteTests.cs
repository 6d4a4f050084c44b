using System.Net;
using System.Net.Http.Headers;
using GenApi.Calls.Tests.Clients;
using GenApi.Calls.Tests.Running;
using GenApi.Node;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace GenApi.Calls.Tests;

/// <summary>Plain HTTP routes through a gateway that is a process of its own.</summary>
public sealed class RouteTests
{
    private const long Gigabyte = 1L << 30;
    private const int Block = 64 * 1024;

    [Theory]
    [InlineData("up")]
    [InlineData("down")]
    public async Task A_gigabyte_passes_with_flat_memory(string direction)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of a process is read from /proc.");
        const long Allowed = 64 * 1024 * 1024;
        await using var cluster = await ProcessCluster.StartAsync(0);
        await using var node = await StartNodeAsync(cluster);
        using var client = ClientOf(cluster);
        await Wait.UntilAsync(async () => await StatusAsync(client, "/svc/bulk/down?bytes=1") == 200, "the route is served");

        // First the gateway gets its working size.
        await TransferAsync(Gigabyte / 16);
        cluster.Gateway.ForgetPeakMemory();
        var before = cluster.Gateway.Memory("VmRSS");

        await TransferAsync(Gigabyte);

        var peak = cluster.Gateway.Memory("VmHWM");
        TestContext.Current.TestOutputHelper?.WriteLine($"{direction}: {before / 1048576} MB before, {peak / 1048576} MB at the most");
        Assert.InRange(peak - before, long.MinValue, Allowed);

        async Task TransferAsync(long bytes)
        {
            using var request = new HttpRequestMessage(direction == "down" ? HttpMethod.Get : HttpMethod.Post, $"/svc/bulk/{direction}?bytes={bytes}");
            request.Content = direction == "down" ? null : new ZerosContent(bytes);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Wait.Ended);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await using var body = await response.Content.ReadAsStreamAsync(Wait.Ended);
            if (direction == "up")
            {
                using var reader = new StreamReader(body);
                Assert.Equal(bytes.ToString(System.Globalization.CultureInfo.InvariantCulture), await reader.ReadToEndAsync(Wait.Ended));
            }
            else
            {
                Assert.Equal(bytes, await CountAsync(body));
            }
        }
    }

    [Fact]
    public async Task A_client_that_stops_reading_stops_the_node()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of a process is read from /proc.");
        await using var cluster = await ProcessCluster.StartAsync(0);
        var written = 0L;
        await using var node = await StartNodeAsync(cluster, count => Interlocked.Add(ref written, count));
        using var client = ClientOf(cluster);
        await Wait.UntilAsync(async () => await StatusAsync(client, "/svc/bulk/down?bytes=1") == 200, "the route is served");
        using var response = await client.GetAsync($"/svc/bulk/down?bytes={Gigabyte}", HttpCompletionOption.ResponseHeadersRead, Wait.Ended);

        // Nobody reads. The clock is other requests: the node stands still while they are answered.
        long last;
        do
        {
            last = Interlocked.Read(ref written);
            for (var i = 0; i < 50; i++)
            {
                Assert.Equal(404, await StatusAsync(client, "/svc/bulk/nothing"));
            }
        }
        while (Interlocked.Read(ref written) != last);

        Assert.InRange(last, 1, Gigabyte / 4);
        await using var body = await response.Content.ReadAsStreamAsync(Wait.Ended);
        Assert.Equal(Gigabyte, await CountAsync(body));
    }

    [Fact]
    public async Task Kill_9_of_a_node_costs_only_the_requests_it_had()
    {
        await using var cluster = await ProcessCluster.StartAsync(2);
        using var client = ClientOf(cluster);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(200, await StatusAsync(client, "/svc/sample/files/hello.txt"));
        }

        await cluster.Nodes[0].SignalAsync("KILL");
        await cluster.Nodes[0].EndedAsync();

        // The process is gone: whether or not the gateway has noticed, the request goes to the other.
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(200, await StatusAsync(client, "/svc/sample/files/hello.txt"));
        }
    }

    [Fact]
    public async Task The_sample_has_its_plain_routes()
    {
        await using var cluster = await ProcessCluster.StartAsync(1);
        using var client = ClientOf(cluster);

        Assert.Equal("Hello, alice.\n", await client.GetStringAsync("/svc/sample/files/hello.txt", Wait.Ended));
        var numbers = await client.GetStringAsync("/svc/sample/files/numbers.csv", Wait.Ended);
        Assert.EndsWith("10000,100000000\n", numbers, StringComparison.Ordinal);
        Assert.Equal(404, await StatusAsync(client, "/svc/sample/files/other"));
        Assert.Equal(404, await StatusAsync(client, "/svc/sample/genapi/config"));
    }

    private static Task<TestApp> StartNodeAsync(ProcessCluster cluster, Action<int>? written = null) => TestApp.StartAsync(
        new Dictionary<string, string?>
        {
            ["GenApi:ClusterToken"] = Secrets.Cluster,
            ["GenApi:Node:Gateways:0"] = cluster.Gateway.Address.ToString(),
            ["GenApi:Node:DrainTimeout"] = "00:00:00",
        },
        builder =>
        {
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
            builder.AddGenApiNode("bulk", _ => { });
        },
        app =>
        {
            app.MapGenApiNode();
            app.MapPost("/up", async Task<string> (HttpRequest request) => $"{await CountAsync(request.Body)}").WithGatewayRoute();
            app.MapGet("/down", async (HttpContext http, long bytes) =>
            {
                var block = new byte[Block];
                for (var left = bytes; left > 0; left -= Block)
                {
                    var count = (int)Math.Min(left, Block);
                    await http.Response.Body.WriteAsync(block.AsMemory(0, count), http.RequestAborted);
                    written?.Invoke(count);
                }
            }).WithGatewayRoute();
        });

    private static HttpClient ClientOf(ProcessCluster cluster)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = cluster.Gateway.Address, Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.Alice);
        return client;
    }

    private static async Task<int> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, Wait.Ended);
        return (int)response.StatusCode;
    }

    private static async Task<long> CountAsync(Stream stream)
    {
        var buffer = new byte[Block];
        long sum = 0;
        int count;
        while ((count = await stream.ReadAsync(buffer, Wait.Ended)) > 0)
        {
            sum += count;
        }

        return sum;
    }

    /// <summary>So many zeros, made as they are sent.</summary>
    private sealed class ZerosContent(long length) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var block = new byte[Block];
            for (var left = length; left > 0; left -= Block)
            {
                await stream.WriteAsync(block.AsMemory(0, (int)Math.Min(left, Block)), Wait.Ended);
            }
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }
}
