using System.Diagnostics;
using System.Text.Json;
using GenApi.Cluster.Tests.Clients;
using GenApi.Cluster.Tests.Running;
using GenApi.Testing.Processes;

namespace GenApi.Cluster.Tests;

/// <summary>What the launcher prints once the cluster has answered its first call.</summary>
[Collection(SharedCluster.Name)]
public sealed class PrintedCommandTests(RunningCluster cluster) : ClusterTest(cluster)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [CurlTheory]
    [InlineData("A call, as user alice:")]
    [InlineData("A new client token, and a call with it:")]
    public async Task A_printed_command_works_when_pasted_into_bash(string heading)
    {
        var commands = Cluster.AppHost.Output.Lines.SkipWhile(line => line != heading).Skip(2).TakeWhile(line => line.Length > 0).ToList();
        Assert.NotEmpty(commands);

        using var answer = JsonDocument.Parse(await PasteIntoBashAsync(commands));

        Assert.Equal("hello", CallAnswer.Read(answer.RootElement).Result.GetProperty("message").GetString());
    }

    [ClusterFact]
    public void The_table_names_every_process_with_its_address_and_its_process_id()
    {
        // Others may have joined the cluster since.
        List<ResourceRow> resources = [.. Cluster.AppHost.Gateways, .. Cluster.AppHost.Nodes];
        var running = Cluster.AppHost.Processes.ToDictionary(process => process.Id);
        var first = Cluster.AppHost.PortsFrom;

        Assert.Equal([.. Cluster.AppHost.Gateways.Select(gateway => gateway.Name), "sample-0", "sample-1"], resources.Select(resource => resource.Name));
        Assert.Equal(
            [.. Cluster.AppHost.Gateways.Select((_, replica) => $"http://localhost:{first + replica}"), $"http://localhost:{first + 10}", $"http://localhost:{first + 11}"],
            resources.Select(resource => resource.Address));
        Assert.All(resources, resource => Assert.Contains("GenApi.", running[resource.Pid].Command, StringComparison.Ordinal));
    }

    [ClusterFact]
    public void Other_tools_of_the_user_learn_where_the_gateways_are_and_nobody_else_does()
    {
        using var state = JsonDocument.Parse(File.ReadAllText(Cluster.AppHost.StateFile));

        Assert.Equal(Cluster.AppHost.Id, state.RootElement.GetProperty("pid").GetInt32());
        Assert.Equal(Cluster.AppHost.AdminToken, state.RootElement.GetProperty("admin_token").GetString());
        Assert.Equal(Cluster.AppHost.Gateways.Select(gateway => new Uri(gateway.Address)), state.RootElement.GetProperty("gateways").EnumerateArray().Select(url => new Uri(url.GetString()!)));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Cluster.AppHost.StateFile));
        }
    }

    private static async Task<string> PasteIntoBashAsync(IEnumerable<string> commands)
    {
        var start = new ProcessStartInfo(Programs.Find("bash")!, ["--noprofile", "--norc"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["NO_PROXY"] = "*";
        using var bash = Process.Start(start)!;
        var output = bash.StandardOutput.ReadToEndAsync(Cancellation);
        foreach (var command in commands)
        {
            await bash.StandardInput.WriteLineAsync(command.AsMemory(), Cancellation);
        }

        bash.StandardInput.Close();
        await bash.WaitForExitAsync(Cancellation).WaitAsync(Patience, Cancellation);
        Assert.Equal(0, bash.ExitCode);
        return await output;
    }
}
