using System.CommandLine;

namespace GenApi.Cli.Commands;

/// <summary>A command as it is typed.</summary>
internal static class CommandPath
{
    /// <summary>Such as <c>genapi limits global</c>.</summary>
    public static string Of(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent
            ? $"{(parent is RootCommand ? "genapi" : Of(parent))} {command.Name}"
            : "genapi";
}
