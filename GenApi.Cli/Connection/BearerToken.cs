namespace GenApi.Cli.Connection;

/// <summary>Checks tokens before they go into a header.</summary>
internal static class BearerToken
{
    private const int MaxLength = 16 * 1024;

    /// <summary>The token, if a header can carry it.</summary>
    /// <param name="token">The token.</param>
    /// <param name="source">Where it comes from: an option, a variable or a thing.</param>
    /// <exception cref="CliException">It is empty or too long, or has spaces, line breaks or characters outside ASCII.</exception>
    public static string Check(string token, string source) =>
        token.Length is > 0 and <= MaxLength && token.All(character => character is > ' ' and < '\u007f')
            ? token
            : throw new CliException(
                $"The token from {source} must be 1 to {MaxLength} visible ASCII characters without spaces.",
                source.StartsWith('-') ? ExitCode.Usage : ExitCode.Failed);
}
