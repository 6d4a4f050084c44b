namespace GenApi.Cli;

/// <summary>What the process tells the shell. Scripts rely on these numbers.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>It did not work: no gateway, refused, timed out, or the call failed. One sentence on stderr says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong. Nothing was sent.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C or SIGTERM, as shells number it (128 + SIGINT).</summary>
    public const int Interrupted = 130;

    /// <summary>The reader of stdout went away, as shells number it (128 + SIGPIPE).</summary>
    public const int OutputClosed = 141;
}
