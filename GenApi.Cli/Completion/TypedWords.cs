using System.CommandLine;
using System.CommandLine.Completions;

namespace GenApi.Cli.Completion;

/// <summary>What is typed so far of a command line that is being completed.</summary>
internal static class TypedWords
{
    /// <summary>The word that was typed for an argument; null: none yet.</summary>
    public static string? Text(this CompletionContext context, Argument argument) => context.ParseResult.GetResult(argument)?.Tokens is [var token, ..] ? token.Value : null;

    /// <summary>Whether the word that is being completed is this argument's. Each argument takes one word.</summary>
    public static bool IsNext(this Argument argument, CompletionContext context)
    {
        var arguments = context.ParseResult.CommandResult.Command.Arguments;
        var typed = arguments.Count(other => context.Text(other) is not null);
        var place = context.WordToComplete.Length > 0 ? typed - 1 : typed;
        return place >= 0 && arguments.IndexOf(argument) == place;
    }
}
