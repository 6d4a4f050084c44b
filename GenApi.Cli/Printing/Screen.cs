using System.Text;
using Spectre.Console;

namespace GenApi.Cli.Printing;

/// <summary>Makes the consoles that commands print to.</summary>
internal static class Screen
{
    /// <summary>A terminal, with the colours it can show. NO_COLOR is honoured.</summary>
    public static IAnsiConsole OfTerminal(TextWriter writer) => Make(AnsiSupport.Detect, ColorSystemSupport.Detect, InteractionSupport.Detect, new AnsiConsoleOutput(writer));

    /// <summary>A file or a pipe: no colours, no cursor movements, no line breaks that are not in the data.</summary>
    public static IAnsiConsole ToFile(TextWriter writer) => Make(AnsiSupport.No, ColorSystemSupport.NoColors, InteractionSupport.No, new FileOutput(writer));

    private static IAnsiConsole Make(AnsiSupport ansi, ColorSystemSupport colours, InteractionSupport interaction, IAnsiConsoleOutput output) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = ansi,
        ColorSystem = colours,
        Interactive = interaction,
        Out = output,
        // Enrichers turn colours on for build servers; here the kind of output decides alone.
        Enrichment = { UseDefaultEnrichers = false },
    });

    private sealed class FileOutput(TextWriter writer) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => false;

        /// <summary>Wide enough that no line of a table is wrapped.</summary>
        public int Width => 4096;

        public int Height => 24;

        public void SetEncoding(Encoding encoding)
        {
            // The writer has its encoding from the start.
        }
    }
}
