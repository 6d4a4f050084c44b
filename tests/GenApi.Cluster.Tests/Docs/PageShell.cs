using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using GenApi.Cluster.Tests.Running;
using GenApi.Testing.Processes;

namespace GenApi.Cluster.Tests.Docs;

/// <summary>
/// Runs the commands of a page in one shell, one after the other, as a reader would who pastes them, in a folder that looks like the
/// repository's. What differs: the ports are those of the running cluster, built programs are not built again, curl fails when
/// the answer is an error, and a cluster that a command starts is asked to stop once it is ready. ADMIN_TOKEN and TOKEN are set, as after
/// the first commands of the README.
/// </summary>
internal sealed partial class PageShell(AppHostProcess cluster, string clientToken)
{
    // The commands of one page, with the clusters that they start.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const int FirstPort = 5080;

    private const string Prelude = """
        set -eo pipefail
        curl() { command curl --fail-with-body --max-time 60 "$@"; }
        dotnet() {
          case "$*" in
            "run --project GenApi.Cli"*) shift 3; [ "${1:-}" != -- ] || shift; "$TEST_DOTNET" "$TEST_CLI" "$@" ;;
            "run --project GenApi.AppHost"*) shift 3; [ "${1:-}" != -- ] || shift; start_and_stop "$@" ;;
            *) "$TEST_DOTNET" "$@" ;;
          esac
        }
        genapi() { "$TEST_DOTNET" "$TEST_CLI" "$@"; }
        started=
        trap '[ -z "$started" ] || kill -TERM "$started" 2>/dev/null' EXIT
        start_and_stop() {
          local arguments=() log=$TEST_FOLDER/cluster.log
          while [ $# -gt 0 ]; do
            case $1 in
              --help) "$TEST_DOTNET" "$TEST_APPHOST" --help; return ;;
              --ports-from) shift ;;
              --ports-from=*) ;;
              *) arguments+=("$1") ;;
            esac
            shift
          done
          : >"$log"   # an earlier start wrote there too
          XDG_STATE_HOME=$TEST_FOLDER/other APPDATA=$TEST_FOLDER/other env --default-signal=INT \
            "$TEST_DOTNET" "$TEST_APPHOST" --ports-from "$TEST_OTHER_PORTS" --fresh "${arguments[@]}" >"$log" 2>&1 &
          started=$!
          for _ in {1..600}; do
            if grep -q '^Ctrl-C stops everything' "$log" || ! kill -0 "$started" 2>/dev/null; then break; fi
            sleep 0.1
          done
          grep -q '^Ctrl-C stops everything' "$log" || { cat "$log"; return 1; }
          kill -INT "$started"
          wait "$started"
          started=
        }

        """;

    /// <summary>Runs every block that is to be run.</summary>
    /// <returns>The exit code of the first command that failed, or 0; and all that was written.</returns>
    public async Task<(int ExitCode, string Output)> RunAsync(DocumentationPage page, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("genapi-docs-");
        try
        {
            // Files that commands write go into the folder; what they read is the repository's.
            foreach (var entry in new DirectoryInfo(BuildFacts.RepositoryFolder).EnumerateFileSystemInfos().Where(entry => entry.Name is not (".git" or "artifacts" or "TestResults")))
            {
                File.CreateSymbolicLink(Path.Combine(folder.FullName, entry.Name), entry.FullName);
            }

            return await RunAsync(folder.FullName, Script(page), cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string folder, string script, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Programs.Find("bash")!, ["--noprofile", "--norc", "-c", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GENAPI_", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["ADMIN_TOKEN"] = cluster.AdminToken;
        start.Environment["TOKEN"] = clientToken;
        start.Environment["TEST_FOLDER"] = folder;
        start.Environment["TEST_DOTNET"] = Programs.Dotnet;
        start.Environment["TEST_CLI"] = BuildFacts.CliAssembly;
        start.Environment["TEST_APPHOST"] = BuildFacts.AppHostAssembly;
        start.Environment["TEST_OTHER_PORTS"] = FreePorts.FindBlock().ToString(CultureInfo.InvariantCulture);
        start.Environment["XDG_STATE_HOME"] = cluster.Folder;
        start.Environment["APPDATA"] = cluster.Folder;
        start.Environment["NO_PROXY"] = "*";
        start.Environment["TERM"] = "dumb";

        using var bash = Process.Start(start)!;
        bash.StandardInput.Close();
        var written = new OutputLog();
        var reading = Task.WhenAll(written.ReadAsync(bash.StandardOutput), written.ReadAsync(bash.StandardError));
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        try
        {
            await bash.WaitForExitAsync(timeout.Token);
            await reading.WaitAsync(timeout.Token);
            return (bash.ExitCode, written.Text);
        }
        catch (OperationCanceledException)
        {
            bash.Kill(entireProcessTree: true);
            throw new TimeoutException($"The commands have not ended within {Patience.TotalMinutes} minutes. Written last:\n{written.Tail()}");
        }
    }

    private string Script(DocumentationPage page)
    {
        var script = new StringBuilder(Prelude);
        foreach (var block in page.Blocks.Where(block => block.IsRun))
        {
            script.Append(CultureInfo.InvariantCulture, $"echo '== {page.Path}, line {block.Line}'\n");
            script.Append(AsOfThisCluster(block.Text)).Append('\n');
        }

        return script.ToString();
    }

    private string AsOfThisCluster(string commands) =>
        AdminToken().Replace(
            LocalPort().Replace(commands, match => $"localhost:{int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - FirstPort + cluster.PortsFrom}"),
            $"ADMIN_TOKEN={cluster.AdminToken}");

    [GeneratedRegex(@"localhost:(50[89]\d|5[12]\d\d)\b")]
    private static partial Regex LocalPort();

    // What a reader fills in.
    [GeneratedRegex(@"\bADMIN_TOKEN=\.\.\.")]
    private static partial Regex AdminToken();
}
