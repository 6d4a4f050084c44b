using System.Text;
using GenApi.Cli.Printing;
using Spectre.Console;

namespace GenApi.Cli;

/// <summary>The world outside: streams, environment and time. Tests bring their own.</summary>
internal sealed class CliHost
{
    /// <summary>stdin.</summary>
    public required Stream Input { get; init; }

    /// <summary>Whether a person types on stdin, who can be asked.</summary>
    public bool InputIsTerminal { get; init; }

    /// <summary>stdout: results, and nothing else.</summary>
    public required IAnsiConsole Output { get; init; }

    /// <summary>stderr: errors and progress.</summary>
    public required IAnsiConsole Error { get; init; }

    /// <summary>Reads an environment variable; null where it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>The name of the user who runs the command, as the system knows them.</summary>
    public required string UserName { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static CliHost OfThisProcess() => new()
    {
        Input = Console.OpenStandardInput(),
        InputIsTerminal = !Console.IsInputRedirected,
        Output = Console.IsOutputRedirected ? Screen.ToFile(new StreamWriter(StandardOutput.Open(), Utf8) { AutoFlush = true }) : Screen.OfTerminal(Console.Out),
        Error = Console.IsErrorRedirected ? Screen.ToFile(new StreamWriter(Console.OpenStandardError(), Utf8) { AutoFlush = true }) : Screen.OfTerminal(Console.Error),
        Variable = Environment.GetEnvironmentVariable,
        UserName = Environment.UserName,
    };

    /// <summary>Files and pipes get UTF-8 without a byte order mark, whatever the terminal speaks: JSON is to be nothing else.</summary>
    private static UTF8Encoding Utf8 { get; } = new(encoderShouldEmitUTF8Identifier: false);
}
