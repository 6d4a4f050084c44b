using System.Net;
using System.Net.Sockets;
using System.Text;
using GenApi.Cluster.Tests.Clients;
using GenApi.Cluster.Tests.Running;
using GenApi.Testing.Processes;

namespace GenApi.Cluster.Tests;

/// <summary>The launcher brings up Redis where it is installed, and does without where it is not.</summary>
public sealed class RedisTests
{
    private const string ConnectionVariable = "ConnectionStrings__redis";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [RedisFact]
    public async Task Where_Redis_is_installed_one_is_started_and_only_the_gateways_are_told_its_password()
    {
        await using var appHost = await AppHostProcess.StartReadyAsync(new AppHostStart(), Cancellation);

        var redis = Assert.Single(appHost.Resources, resource => resource.Name == "redis");
        Assert.Equal(2, appHost.Gateways.Count);
        var connection = Assert.Single(appHost.Gateways.Select(gateway => ProcessTable.EnvironmentOf(gateway.Pid)[ConnectionVariable]).Distinct()).Split(",password=");
        var password = connection[1];
        var port = int.Parse(redis.Address.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(redis.Address, connection[0]);
        Assert.Equal("-NOAUTH", (await AskRedisAsync(port, "PING"))[..7]);
        Assert.Equal("+OK", await AskRedisAsync(port, $"AUTH {password}"));
        Assert.DoesNotContain(appHost.Processes, process => process.Command.Contains(password, StringComparison.Ordinal));
        Assert.All(appHost.Nodes, node => Assert.DoesNotContain(ConnectionVariable, ProcessTable.EnvironmentOf(node.Pid).Keys));
    }

    [ClusterFact]
    public async Task Where_Redis_is_not_installed_the_launcher_says_so_and_the_cluster_runs()
    {
        var path = Directory.CreateTempSubdirectory("genapi-path-");
        try
        {
            foreach (var program in (string[])["sh", "sleep"])
            {
                File.CreateSymbolicLink(Path.Combine(path.FullName, program), Programs.Find(program)!);
            }

            await using var appHost = await AppHostProcess.StartReadyAsync(
                new AppHostStart { Environment = new Dictionary<string, string?> { ["PATH"] = path.FullName } }, Cancellation);

            Assert.Contains("No redis-server or valkey-server on PATH: running without Redis.", appHost.Output.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(appHost.Resources, resource => resource.Name == "redis");
            var gateway = Assert.Single(appHost.Gateways);
            Assert.DoesNotContain(ConnectionVariable, ProcessTable.EnvironmentOf(gateway.Pid).Keys);
        }
        finally
        {
            path.Delete(recursive: true);
        }
    }

    [RedisFact]
    public async Task No_redis_asks_for_none_even_where_it_is_installed()
    {
        await using var appHost = await AppHostProcess.StartReadyAsync(new AppHostStart { Arguments = ["--no-redis"] }, Cancellation);

        Assert.Contains("Running without Redis, as asked.", appHost.Output.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(appHost.Resources, resource => resource.Name == "redis");
    }

    [RedisFact]
    public async Task Kill_9_of_Redis_fails_no_call_and_afterwards_the_gateways_share_again()
    {
        await using var appHost = await AppHostProcess.StartReadyAsync(new AppHostStart { Arguments = ["--fresh"] }, Cancellation);
        var redis = Assert.Single(appHost.Resources, resource => resource.Name == "redis");
        HttpCaller[] gateways = [.. appHost.Gateways.Select(gateway => new HttpCaller(new Uri(gateway.Address), appHost.AdminToken))];
        var token = await gateways[0].CreateTokenAsync("alice", Cancellation);
        foreach (var gateway in gateways)
        {
            await gateway.WaitUntilCalledAsync(token, Cancellation);
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var callers = gateways.Select(gateway => CallAsync(gateway)).ToList();
        UnixSignals.SendKill(redis.Pid);
        await appHost.Output.WaitForAsync("Redis is started again", static line => line.Contains("Starting it again", StringComparison.Ordinal), Cancellation);
        foreach (var name in appHost.Gateways.Select(gateway => gateway.Name))
        {
            await appHost.Output.WaitForAsync(
                "the connection is back", line => line.StartsWith(name, StringComparison.Ordinal) && line.Contains("is back (Interactive)", StringComparison.Ordinal), Cancellation);
        }

        // It has come back empty, so what one gateway does the other can have learned only since.
        await gateways[0].SwitchAsync("log_event", "disable", Cancellation);
        await gateways[1].WaitForCodeAsync(token, "log_event", """{"name":"n","data":{}}""", "disabled", Cancellation);
        await end.CancelAsync();

        Assert.All(await Task.WhenAll(callers), failed => Assert.Empty(failed));
        Array.ForEach(gateways, gateway => gateway.Dispose());

        async Task<List<string>> CallAsync(HttpCaller gateway)
        {
            var failed = new List<string>();
            while (!end.IsCancellationRequested)
            {
                var answer = await gateway.CallAsync(token, "echo", """{"message":"hello"}""", Cancellation);
                if (!answer.Success)
                {
                    failed.Add($"{answer.HttpStatus} {answer.Code}");
                }
            }

            return failed;
        }
    }

    private static async Task<string> AskRedisAsync(int port, string command)
    {
        using var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{command}\r\n"), Cancellation);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadLineAsync(Cancellation) ?? "";
    }
}
