using System.Net;
using System.Net.Sockets;
using System.Text;
using GenApi.Cluster.Tests.Running;

namespace GenApi.Cluster.Tests;

/// <summary>The launcher brings up Redis where it is installed, and does without where it is not.</summary>
public sealed class RedisTests
{
    private const string ConnectionVariable = "ConnectionStrings__redis";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [RedisFact]
    public async Task Where_Redis_is_installed_one_is_started_and_only_the_gateway_is_told_its_password()
    {
        await using var appHost = await AppHostProcess.StartReadyAsync(new AppHostStart(), Cancellation);

        var redis = Assert.Single(appHost.Resources, resource => resource.Name == "redis");
        var gateway = Assert.Single(appHost.Resources, resource => resource.Name == "gateway");
        var connection = ProcessTable.EnvironmentOf(gateway.Pid)[ConnectionVariable].Split(",password=");
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
                File.CreateSymbolicLink(Path.Combine(path.FullName, program), Machine.Find(program)!);
            }

            await using var appHost = await AppHostProcess.StartReadyAsync(
                new AppHostStart { Environment = new Dictionary<string, string?> { ["PATH"] = path.FullName } }, Cancellation);

            Assert.Contains("No redis-server or valkey-server on PATH: running without Redis.", appHost.Output.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(appHost.Resources, resource => resource.Name == "redis");
            var gateway = Assert.Single(appHost.Resources, resource => resource.Name == "gateway");
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
