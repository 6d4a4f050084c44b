using GenApi.Templates.Tests.Running;
using GenApi.Testing.Processes;

namespace GenApi.Templates.Tests;

/// <summary>A solution Shop with a service Orders, made in an empty folder with what the README and docs/templates.md say, and built.</summary>
public sealed class NewSolution : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PatienceWithBuild = TimeSpan.FromMinutes(15);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("genapi-templates-");

    /// <summary>Why it cannot be made here; null: it can.</summary>
    public static string? Unavailable { get; } =
        !OperatingSystem.IsLinux() ? "Processes are ended by signals, as on Linux."
        : Programs.Find("bash") is null || Programs.Find("curl") is null ? "bash and curl are needed on PATH. ./test.sh installs curl where it can."
        : null;

    internal CommandLine Commands => field ??= new CommandLine(Path.Combine(_folder.FullName, "home"));

    /// <summary>The folder of Shop.sln.</summary>
    public string Folder => Path.Combine(_folder.FullName, "Shop");

    /// <summary>What the template of the service says to do.</summary>
    public string Instructions { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        if (Unavailable is not null)
        {
            return;
        }

        Directory.CreateDirectory(Path.Combine(_folder.FullName, "home"));
        await Commands.DotnetAsync(_folder.FullName, Patience, "new", "install", Repository.Folder);
        await Commands.DotnetAsync(_folder.FullName, Patience, "new", "genapi", "-n", "Shop");
        Instructions = await Commands.DotnetAsync(Folder, Patience, "new", "genapi-service", "-n", "Orders");
        await FollowInstructionsAsync();
        await Commands.DotnetAsync(Path.Combine(Folder, "Orders"), Patience, "new", "genapi-functions", "-n", "Billing");
        await RegisterBillingAsync();
        await Commands.DotnetAsync(Folder, PatienceWithBuild, "build", "Shop.sln", "-m:2", "-v", "quiet", "-nologo", "-p:UseSharedCompilation=false");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs what is printed: a command, and a line to paste.</summary>
    private async Task FollowInstructionsAsync()
    {
        var lines = Instructions.Split('\n', StringSplitOptions.TrimEntries);
        var command = lines.Single(line => line.StartsWith("dotnet add ", StringComparison.Ordinal));
        var line = lines.Single(line => line.StartsWith("builder.", StringComparison.Ordinal));

        await Commands.RunAsync(Folder, Patience, Programs.Find("bash")!, "-c", command);
        var file = Path.Combine(Folder, "Shop.AppHost", "AppHost.cs");
        var program = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, program.Replace("builder.Build()", $"{line}\n\nbuilder.Build()", StringComparison.Ordinal));
    }

    private async Task RegisterBillingAsync()
    {
        var file = Path.Combine(Folder, "Orders", "Program.cs");
        var program = await File.ReadAllTextAsync(file);
        const string First = "node => node.MapFunctions<OrdersFunctions>()";
        Assert.Contains(First, program, StringComparison.Ordinal);

        // The project was not built when the class was made.
        program = program.Replace(First, "node => { node.MapFunctions<OrdersFunctions>(); node.MapFunctions<Functions.BillingFunctions>(); }", StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, program);
    }
}

/// <summary>A test that needs what makes a solution.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NewSolutionFactAttribute : FactAttribute
{
    public NewSolutionFactAttribute(
        [System.Runtime.CompilerServices.CallerFilePath] string? file = null, [System.Runtime.CompilerServices.CallerLineNumber] int line = -1)
        : base(file, line) => Skip = NewSolution.Unavailable;
}
