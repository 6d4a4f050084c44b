using System.CommandLine;
using GenApi.Cli.Completion;

namespace GenApi.Cli.Commands;

/// <summary>The options that every command has.</summary>
internal sealed class CommonOptions
{
    public Option<string?> Url { get; } = new("--url")
    {
        Description = "The gateway, such as http://localhost:5080.",
        HelpName = "URL",
        Recursive = true,
    };

    public Option<string?> AdminToken { get; } = new("--admin-token")
    {
        Description = "The admin token. Other users of this machine may see options; GENAPI_ADMIN_TOKEN keeps it to yourself.",
        HelpName = "TOKEN",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Print what the gateway answered, as JSON.",
        Recursive = true,
    };

    public Option<TimeSpan?> Timeout { get; } = Duration.Option(
        "--timeout",
        finest: TimeSpan.FromMilliseconds(1),
        longest: TimeSpan.FromDays(1),
        "Give up after this long: 500ms, 30s, 5m, 1h; a number alone is seconds. Default: 30s; for calls 10m; for what is shown live never.");

    /// <summary>What a shell may offer where the gateway knows it.</summary>
    public Suggestions Suggestions { get; } = new();

    public void AddTo(RootCommand root)
    {
        Timeout.Recursive = true;
        root.Add(Url);
        root.Add(AdminToken);
        root.Add(Json);
        root.Add(Timeout);
    }
}
