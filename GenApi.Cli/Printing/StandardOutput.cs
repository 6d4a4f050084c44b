using Microsoft.Win32.SafeHandles;

namespace GenApi.Cli.Printing;

/// <summary>Opens stdout so that a closed pipe is noticed.</summary>
internal static class StandardOutput
{
    private const int UnixDescriptor = 1;

    /// <summary>
    /// On Unix the console's own stream drops what is written to a pipe that nobody reads any more, so a stream piped into
    /// <c>head</c> would go on for ever. Writing to the descriptor itself throws an <see cref="IOException"/>.
    /// </summary>
    public static Stream Open()
    {
        if (OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        var direct = new FileStream(new SafeFileHandle(UnixDescriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        if (!direct.CanSeek)
        {
            return direct;
        }

        // A file: a FileStream keeps its own position in it, which goes wrong when stderr is sent to the same file.
        direct.Dispose();
        return Console.OpenStandardOutput();
    }
}
