using GenApi.AppHost.LocalCluster;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>The described cluster, ready to run as processes of this machine.</summary>
internal sealed class DistributedApplication(
    LaunchOptions options, IConfiguration configuration, string appHostDirectory, IReadOnlyList<IResource> resources)
{
    /// <summary>Starts the description of a cluster. Ends the process if the arguments ask for help or are wrong.</summary>
    /// <param name="args">Arguments of the AppHost; see <see cref="LaunchOptions.Help"/>.</param>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args)
    {
        // Wrong arguments and a wrong AppHost.cs are told in one sentence, not with a stack trace.
        AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
        {
            if (unhandled.ExceptionObject is LaunchException exception)
            {
                Console.Error.WriteLine(exception.Message);
                Environment.Exit(2);
            }
        };

        if (LaunchOptions.AsksForHelp(args))
        {
            Console.Write(LaunchOptions.Help);
            Environment.Exit(0);
        }

        return new DistributedApplicationBuilder(args);
    }

    /// <summary>Runs the cluster until it is told to stop. Sets the exit code: 0 after a stop, 1 if the cluster could not start, 2 for wrong input.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <inheritdoc cref="Run"/>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        var launcher = new Launcher(options, configuration, appHostDirectory, resources, TimeProvider.System);
        Environment.ExitCode = await launcher.RunAsync(cancellationToken);
    }
}
