namespace GenApi.Cli;

/// <summary>Ends a command with a sentence for the person who typed it.</summary>
/// <param name="sentence">The cause and, where there is one, the fix. It goes to stderr as it is.</param>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
/// <param name="gatewayCode">The error code of a gateway that refused, such as <c>not_found</c>; null: it gave none.</param>
internal sealed class CliException(string sentence, int exitCode = ExitCode.Failed, string? gatewayCode = null) : Exception(sentence)
{
    public int ExitCode { get; } = exitCode;

    public string? GatewayCode { get; } = gatewayCode;
}
