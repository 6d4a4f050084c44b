using System.Text;
using GenApi.Cli.Printing;
using Spectre.Console;

namespace GenApi.Cli.Tests.Running;

/// <summary>What a command did.</summary>
public sealed record Outcome(int ExitCode, string Output, string Error);

/// <summary>Runs command lines in this process, away from this user's environment and state.</summary>
public sealed class CliRunner : IDisposable
{
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    public CliRunner()
    {
        Folder = Directory.CreateTempSubdirectory("genapi-cli-").FullName;
        _variables["XDG_STATE_HOME"] = Folder;
    }

    /// <summary>A folder of this test's own; the state file is looked for in it.</summary>
    public string Folder { get; }

    /// <summary>Where an AppHost would write its state.</summary>
    public string StateFile => Path.Combine(Folder, "genapi", "apphost.json");

    /// <summary>What comes on stdin.</summary>
    public string Input { get; set; } = "";

    /// <summary>The user who types.</summary>
    public string UserName { get; set; } = "someone";

    /// <summary>Whether stdin, stdout and stderr are a terminal, the last two with colours.</summary>
    public bool OnTerminal { get; set; }

    /// <summary>How many columns that terminal has.</summary>
    public int Width { get; set; } = 80;

    /// <summary>stdout so far.</summary>
    public WatchedWriter Output { get; private set; } = new();

    public void Set(string variable, string value) => _variables[variable] = value;

    /// <summary>Lets the gateway be found by environment.</summary>
    public void Use(StubGateway gateway)
    {
        Set("GENAPI_URL", gateway.Url);
        Set("GENAPI_ADMIN_TOKEN", StubGateway.AdminToken);
    }

    public void WriteState(string json)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(StateFile)!);
        File.WriteAllText(StateFile, json);
    }

    public Task<Outcome> RunAsync(params string[] args) => RunAsync(TestContext.Current.CancellationToken, args);

    public async Task<Outcome> RunAsync(CancellationToken ctrlC, params string[] args)
    {
        Output = new WatchedWriter();
        using var error = new WatchedWriter();
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(Input));
        var host = new CliHost
        {
            Input = input,
            InputIsTerminal = OnTerminal,
            Output = OnTerminal ? Terminal(Output, Width) : Screen.ToFile(Output),
            Error = OnTerminal ? Terminal(error, Width) : Screen.ToFile(error),
            Variable = name => _variables.GetValueOrDefault(name),
            UserName = UserName,
        };
        var code = await new GenApiCli(host).RunAsync(args, ctrlC);
        return new Outcome(code, Output.ToString(), error.ToString());
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static IAnsiConsole Terminal(TextWriter writer, int width) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.Yes,
        ColorSystem = ColorSystemSupport.Standard,
        Interactive = InteractionSupport.No,
        Out = new TerminalOutput(writer, width),
        Enrichment = { UseDefaultEnrichers = false },
    });

    private sealed class TerminalOutput(TextWriter writer, int width) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => true;

        public int Width => width;

        public int Height => 24;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
