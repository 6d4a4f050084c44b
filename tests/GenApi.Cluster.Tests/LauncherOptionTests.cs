using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GenApi.Cluster.Tests.Running;
using GenApi.Testing.Processes;

namespace GenApi.Cluster.Tests;

/// <summary>Input that the launcher cannot use is answered with a sentence that says what to do, exit code 2, and nothing started.</summary>
public sealed class LauncherOptionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [ClusterTheory]
    [InlineData("--nonsense", "Unknown argument '--nonsense'. Use --help to see what there is.")]
    [InlineData("--ports-from=http", "--ports-from 'http' is not a port. Use a number from 1024 to 65000.")]
    [InlineData("--ports-from=99999", "--ports-from '99999' is not a port. Use a number from 1024 to 65000.")]
    [InlineData("--Replicas:sample=many", "Replicas:sample is 'many'. Set it to a number of processes, 1 to 10.")]
    [InlineData("--Replicas:samples=3", "Replicas:samples is set, but there is no 'samples'.")]
    [InlineData("--Parameters:admin-token=", "Parameters:admin-token is empty.")]
    public async Task A_wrong_option_is_answered_with_a_sentence(string option, string sentence)
    {
        await using var appHost = AppHostProcess.Start(new AppHostStart { Arguments = [option] });

        Assert.Equal(2, await appHost.WaitForExitAsync(Cancellation));
        Assert.StartsWith(sentence, appHost.Errors.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", appHost.Errors.Text, StringComparison.Ordinal);
        Assert.Empty(appHost.Processes);
    }

    [ClusterTheory]
    [InlineData(0, "gateway")]
    [InlineData(11, "sample")]
    public async Task A_taken_port_is_answered_with_the_option_that_helps(int offset, string resource)
    {
        var first = FreePorts.FindBlock();
        using var other = new TcpListener(IPAddress.Loopback, first + offset);
        other.Start();

        await using var appHost = AppHostProcess.Start(new AppHostStart { PortsFrom = first });

        Assert.Equal(2, await appHost.WaitForExitAsync(Cancellation));
        Assert.StartsWith($"Port {first + offset}, which '{resource}' needs, is taken by another program.", appHost.Errors.Text, StringComparison.Ordinal);
        Assert.Contains("--ports-from N", appHost.Errors.Text, StringComparison.Ordinal);
        Assert.Empty(appHost.Processes);
    }

    [ClusterFact]
    public async Task Replicas_can_be_asked_for()
    {
        await using var appHost = await AppHostProcess.StartReadyAsync(new AppHostStart { Arguments = ["--fresh", "--Replicas:sample=3"] }, Cancellation);

        Assert.Equal(["sample-0", "sample-1", "sample-2"], appHost.Nodes.Select(node => node.Name));
    }

    [ClusterFact]
    public async Task Tokens_are_remembered_for_the_next_start_unless_they_are_configured()
    {
        var folder = Directory.CreateTempSubdirectory("genapi-secrets-");
        try
        {
            async Task<string> AdminTokenAsync(string? configured)
            {
                var environment = new Dictionary<string, string?> { ["APPDATA"] = folder.FullName, ["Parameters__admin_token"] = configured };
                await using var appHost = await AppHostProcess.StartReadyAsync(new AppHostStart { Environment = environment }, Cancellation);
                return appHost.AdminToken;
            }

            var generated = await AdminTokenAsync(null);
            Assert.Equal(32, generated.Length);
            Assert.Equal(generated, await AdminTokenAsync(null));

            var own = string.Create(CultureInfo.InvariantCulture, $"own-{Guid.NewGuid():N}");
            Assert.Equal(own, await AdminTokenAsync(own));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
