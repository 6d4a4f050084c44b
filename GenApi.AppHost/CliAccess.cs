using System.Diagnostics;

namespace GenApi.AppHost;

/// <summary>Lets the <c>genapi</c> CLI find the running cluster without being told where it is.</summary>
internal static class CliAccess
{
    /// <summary>Writes the <see cref="StateFile"/> once the gateway is ready and removes it when the AppHost stops.</summary>
    /// <param name="gateway">The gateway to administer.</param>
    /// <param name="adminToken">Its admin token.</param>
    public static IResourceBuilder<ProjectResource> WithCliAccess(
        this IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ParameterResource> adminToken) =>
        gateway.OnResourceReady(async (resource, _, cancellationToken) =>
        {
            using var self = Process.GetCurrentProcess();
            var state = new StateFile(
                Environment.ProcessId,
                self.StartTime.ToUniversalTime(),
                gateway.ApplicationBuilder.AppHostDirectory,
                [.. resource.GetEndpoints().Select(endpoint => endpoint.Url)],
                await adminToken.Resource.GetValueAsync(cancellationToken) ?? "");

            try
            {
                state.Write();
                AppDomain.CurrentDomain.ProcessExit += (_, _) => StateFile.Remove();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The cluster works without the file; the CLI then needs GENAPI_URL and GENAPI_ADMIN_TOKEN.
                Console.Error.WriteLine($"Cannot write {StateFile.Location}: {exception.Message} Set GENAPI_URL and GENAPI_ADMIN_TOKEN to use the genapi CLI.");
            }
        });
}
