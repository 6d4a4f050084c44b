using System.CommandLine;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Completion;

/// <summary><c>genapi completion SHELL</c>: prints a script that lets a shell complete command lines, by asking the tool itself.</summary>
internal sealed class CompletionCommand : Command
{
    private readonly Argument<string> _shell = new("SHELL") { Description = "The shell: bash, zsh, fish or powershell." };

    public CompletionCommand(CliHost host)
        : base("completion", "Prints a script that lets your shell complete genapi's commands and options, such as: source <(genapi completion bash)")
    {
        _shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        Add(_shell);
        SetAction(parsed =>
        {
            new Printer(host.Output).Line(Scripts[parsed.GetValue(_shell)!].TrimEnd());
            return ExitCode.Done;
        });
    }

    private static IReadOnlyDictionary<string, string> Scripts { get; } = new Dictionary<string, string>
    {
        ["bash"] =
            """
            # In ~/.bashrc: source <(genapi completion bash)
            _genapi() {
              local word="${COMP_WORDS[COMP_CWORD]}"
              mapfile -t COMPREPLY < <(compgen -W "$(genapi "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "$word")
            }
            complete -o default -F _genapi genapi
            """,
        ["zsh"] =
            """
            # In ~/.zshrc, after compinit: source <(genapi completion zsh)
            _genapi() {
              local -a found
              found=("${(@f)$(genapi "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
              compadd -- $found
            }
            compdef _genapi genapi
            """,
        ["fish"] =
            """
            # In ~/.config/fish/config.fish: genapi completion fish | source
            complete -c genapi -f -a '(genapi "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null)'
            """,
        ["powershell"] =
            """
            # In $PROFILE: genapi completion powershell | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName genapi -ScriptBlock {
              param($word, $line, $position)
              genapi "[suggest:$position]" "$line" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
              }
            }
            """,
    };
}
