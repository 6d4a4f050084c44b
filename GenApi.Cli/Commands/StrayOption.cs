using System.CommandLine;
using System.CommandLine.Parsing;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary>
/// Finds a mistyped option. The parser takes a word that begins with '-' and is no option it knows for an argument: <c>genapi token --rol</c>
/// would make a token for a user of that name.
/// </summary>
internal static class StrayOption
{
    /// <summary>A sentence about the first such word; null: there is none. Whatever follows <c>--</c> is meant as it is.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="args">The same, as it was typed.</param>
    public static string? Find(ParseResult parsed, IReadOnlyList<string> args)
    {
        if (parsed.Tokens.Any(token => token.Type == TokenType.Directive))
        {
            return null;
        }

        HashSet<Token> ofOptions = [.. Results(parsed.RootCommandResult).OfType<OptionResult>().SelectMany(option => option.Tokens)];
        return parsed.Tokens
            .TakeWhile(token => token.Type != TokenType.DoubleDash)
            .Where(token => token.Type == TokenType.Argument && (ofOptions.Contains(token) ? IsStrayValue(token.Value, args) : token.Value is ['-', _, ..]))
            .Select(token => Describe(parsed.CommandResult.Command, token.Value))
            .FirstOrDefault();
    }

    /// <summary>A value such as that of <c>--role --devise</c>; <c>--role=--devise</c> says that it is meant.</summary>
    private static bool IsStrayValue(string value, IReadOnlyList<string> args) => value is ['-', '-', _, ..] && args.Contains(value);

    private static IEnumerable<SymbolResult> Results(CommandResult command) =>
        command.Children.SelectMany(child => child is CommandResult inner ? Results(inner) : [child]);

    private static string Describe(Command command, string word)
    {
        // An option may come with its value: --rol=admin.
        var name = word.Split('=')[0];
        Option[] own = [.. command.Options.Where(option => !option.Hidden)];
        var known = own.Concat(Parents(command).SelectMany(parent => parent.Options.Where(option => option is { Recursive: true, Hidden: false }))).Select(option => option.Name);
        var help = NearName.Of(name, known) is [var near, ..] ? $"; did you mean {near}?"
            : own.Length > 0 ? $", which has {Words.List(own.Select(option => option.Name))}."
            : ".";
        return $"'{name}' is no option of '{CommandPath.Of(command)}'{help} If it is meant as it is, put -- before it.";
    }

    private static IEnumerable<Command> Parents(Command command) =>
        command.Parents.OfType<Command>().SelectMany(parent => Parents(parent).Prepend(parent));
}
