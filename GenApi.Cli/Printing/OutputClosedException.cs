namespace GenApi.Cli.Printing;

/// <summary>Nobody reads the output any more; see <see cref="ExitCode.OutputClosed"/>.</summary>
internal sealed class OutputClosedException(IOException cause) : Exception(cause.Message, cause);
