using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace GenApi.Cli.Tests.Running;

/// <summary>
/// Stands for several gateways behind a load balancer: a request that names none of them reaches the next in turn, one that does is answered by that one,
/// and each answer says whose it is.
/// </summary>
public sealed class StubCluster : IAsyncDisposable
{
    private const string Header = "X-GenApi-Gateway";

    private readonly StubGateway _stub;
    private readonly WatchedWriter _answered = new();
    private readonly Lock _lock = new();
    private readonly List<string> _alive;
    private int _turn;

    private StubCluster(StubGateway stub, IEnumerable<string> ids)
    {
        (_stub, _alive) = (stub, [.. ids]);
        On("GET /admin/cluster", (http, id) => StubGateway.JsonAsync(http, 200, Cluster(id)));
    }

    public string Url => _stub.Url;

    /// <summary>The requests for the admin API so far, each with the gateway that answered: <c>GET /admin/pools g1</c>.</summary>
    public IReadOnlyList<string> Answered => _answered.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Waits until such a request has been answered so often, or at least begun to be.</summary>
    public Task AnsweredAsync(string answer, int times = 1) => _answered.SeenAsync($"{answer}\n", times);

    /// <summary>The requests as they came.</summary>
    public IReadOnlyList<Asked> Asked => _stub.Asked;

    public static async Task<StubCluster> StartAsync(CliRunner cli, params string[] ids)
    {
        var cluster = new StubCluster(await StubGateway.StartAsync(), ids);
        cli.Use(cluster._stub);
        return cluster;
    }

    /// <summary>Answers a method and path, of every gateway.</summary>
    /// <param name="route">The method and the path.</param>
    /// <param name="answer">Gives the answer of the gateway of that id.</param>
    public void On(string route, Func<HttpContext, string, Task> answer) => _stub.On(route, async http =>
    {
        var asked = http.Request.Headers[Header].ToString();
        if (Choose(asked) is not { } id)
        {
            _answered.WriteLine($"{route} -");
            await StubGateway.JsonAsync(http, 404, $$"""{"code":"unknown_gateway","error":"No gateway '{{asked}}' is alive. Those that are: {{string.Join(", ", _alive)}}."}""");
            return;
        }

        _answered.WriteLine($"{route} {id}");
        http.Response.Headers[Header] = id;
        await answer(http, id);
    });

    /// <summary>The same with JSON.</summary>
    public void On(string route, Func<string, string> json) => On(route, (http, id) => StubGateway.JsonAsync(http, 200, json(id)));

    /// <summary>A gateway ends, and another may begin.</summary>
    public void Replace(string id, params string[] others)
    {
        lock (_lock)
        {
            _alive.Remove(id);
            _alive.AddRange(others);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stub.DisposeAsync();
        await _answered.DisposeAsync();
    }

    private string? Choose(string asked)
    {
        lock (_lock)
        {
            return asked.Length == 0 ? _alive[_turn++ % _alive.Count] : _alive.Find(id => asked == id || asked == Instance(id));
        }
    }

    private string Cluster(string self)
    {
        lock (_lock)
        {
            return JsonSerializer.Serialize(new { self, gateways = _alive.Select(id => new { id, self = id == self, figures = new { instance_id = Instance(id) } }) });
        }
    }

    private static string Instance(string id) => $"instance-{id}";
}
