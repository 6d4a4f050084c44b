using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using GenApi.Bench.Report;
using GenApi.Bench.Servers;
using GenApi.Testing.Redis;

namespace GenApi.Bench.Scenarios;

/// <summary>How soon a function that was pushed to one gateway can be called through another.</summary>
internal sealed class SpreadScenario : IScenario
{
    private const int Pushes = 50;

    public string Name => "spread";

    public string Title => "time from the push of a function to one gateway until a call through the other reaches its node, both on one Redis";

    public bool RunsByDefault => false;

    public async Task<ScenarioReport> RunAsync(BenchOptions options, IProgress<string> progress, CancellationToken cancellationToken)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await Cluster.StartAsync(
            cancellationToken, gateways: 2, new Dictionary<string, string> { ["ConnectionStrings__redis"] = redis.ConnectionString });
        using var pusher = Client(cluster.Gateways[0], cluster.ClusterToken);
        using var caller = Client(cluster.Gateways[1], cluster.AccessToken);
        var milliseconds = new List<double>(Pushes);
        for (var push = 0; push < Pushes; push++)
        {
            milliseconds.Add((await PushAndCallAsync(pusher, caller, cluster.Node.Url, push, cancellationToken)).TotalMilliseconds);
            progress.Report(string.Create(CultureInfo.InvariantCulture, $"push {push + 1} of {Pushes}: {milliseconds[^1]:0.0} ms"));
        }

        milliseconds.Sort();
        return new ScenarioReport(Name, Title, [], [], [],
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Pushes} pushes, ms: median {Statistics.Median(milliseconds):0.0}, fastest {milliseconds[0]:0.0}, slowest {milliseconds[^1]:0.0}; to be at most 100"),
        ]);
    }

    private static HttpClient Client(ServerProcess gateway, string token) => new()
    {
        BaseAddress = gateway.Url,
        Timeout = ServerProcess.AnswerTimeout,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };

    private static async Task<TimeSpan> PushAndCallAsync(HttpClient pusher, HttpClient caller, Uri node, int number, CancellationToken cancellationToken)
    {
        var service = string.Create(CultureInfo.InvariantCulture, $"spread_{number}");
        var push = $$"""
            {"service":"{{service}}","config_version":"1","fun_configs":[
              {"request_type":"echo","nodes":["{{node.GetLeftPart(UriPartial.Authority)}}"],"arg_types":{"message":"string"},"check_permission":false}]}
            """;
        var started = Stopwatch.GetTimestamp();
        using (var pushed = await pusher.PostAsync("/cluster/push", Json(push), cancellationToken))
        {
            await RequireAsync(pushed, HttpStatusCode.OK, cancellationToken);
        }

        while (true)
        {
            using var answer = await caller.PostAsync($"/api/{service}/echo", Json("""{"message":"hello"}"""), cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                return Stopwatch.GetElapsedTime(started);
            }

            if (Stopwatch.GetElapsedTime(started) > ServerProcess.AnswerTimeout)
            {
                await RequireAsync(answer, HttpStatusCode.OK, cancellationToken);
            }
        }
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task RequireAsync(HttpResponseMessage answer, HttpStatusCode wanted, CancellationToken cancellationToken)
    {
        if (answer.StatusCode != wanted)
        {
            throw new InvalidOperationException($"{answer.RequestMessage!.RequestUri} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }
}
