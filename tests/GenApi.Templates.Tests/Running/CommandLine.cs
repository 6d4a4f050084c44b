using System.Diagnostics;
using System.Globalization;
using System.Text;
using GenApi.Testing.Processes;

namespace GenApi.Templates.Tests.Running;

/// <summary>Runs commands as a user would, but with templates of its own: those of the user stay as they are.</summary>
internal sealed class CommandLine(string home)
{
    private readonly StringBuilder _times = new();

    /// <summary>How long each command took.</summary>
    public string Times => _times.ToString();

    public Task<string> DotnetAsync(string folder, TimeSpan patience, params string[] arguments) => RunAsync(folder, patience, Programs.Dotnet, arguments);

    /// <summary>Runs a command to its end.</summary>
    /// <returns>What it wrote.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message has what it wrote.</exception>
    public async Task<string> RunAsync(string folder, TimeSpan patience, string program, params string[] arguments)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Start(folder, program, arguments);
        await using var guard = new ProcessGuard(process.Id);
        var reading = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var command = $"{Path.GetFileName(program)} {string.Join(' ', arguments)}";
        try
        {
            await process.WaitForExitAsync().WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{command}' has not ended within {patience.TotalMinutes} minutes:\n{string.Concat(await reading)}");
        }

        _times.AppendLine(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalSeconds,7:0.0} s  {command}");
        var written = string.Concat(await reading);
        return process.ExitCode == 0 ? written : throw new InvalidOperationException($"'{command}' ended with exit code {process.ExitCode}:\n{written}");
    }

    /// <summary>Starts a command.</summary>
    public Process Start(string folder, string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        ForeignVariables.RemoveFrom(info);

        // Templates, user secrets and the state of the cluster go there.
        if (arguments is ["new", ..])
        {
            info.Environment["DOTNET_CLI_HOME"] = home;
        }

        info.Environment["APPDATA"] = home;
        info.Environment["XDG_STATE_HOME"] = home;
        info.Environment["UseAspire"] = "false";
        info.Environment["NO_PROXY"] = "*";
        info.Environment["DOTNET_NOLOGO"] = "1";
        info.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        info.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        var process = Process.Start(info)!;
        process.StandardInput.Close();
        return process;
    }
}
