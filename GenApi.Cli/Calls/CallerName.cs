namespace GenApi.Cli.Calls;

/// <summary>Makes a user id of the name that the system knows somebody by.</summary>
internal static class CallerName
{
    private const int MaxLength = 256;
    private const string Fallback = "genapi-cli";

    /// <summary>ASCII letters, digits and <c>. _ - @</c> stay; anything else becomes <c>-</c>.</summary>
    public static string From(string systemName)
    {
        var name = string.Concat(systemName.Take(MaxLength).Select(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-' or '@' ? character : '-'));
        return name.Any(char.IsAsciiLetterOrDigit) ? name : Fallback;
    }
}
