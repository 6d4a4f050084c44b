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

    public Option<string?> Gateway { get; } = new("--gateway")
    {
        Description = "The gateway that answers, by its id or instance id, where there are several; 'genapi cluster' lists them. Default: the one that is reached first, for the whole command.",
        HelpName = "NAME",
        Recursive = true,
    };

    /// <summary>Of those commands that show what happens live.</summary>
    public Option<bool> AllGateways { get; } = new("--all-gateways") { Description = "Of all gateways that are alive, not of one. Each line says which gateway it is from." };

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
        root.Add(Gateway);
        Suggestions.OfGateway(Gateway);
        root.Add(Json);
        root.Add(Timeout);
    }

    /// <summary>Gives a command the option <see cref="AllGateways"/>.</summary>
    public void AddAllGateways(Command command)
    {
        command.Add(AllGateways);
        command.Validators.Add(result =>
        {
            if (result.GetResult(AllGateways) is { Implicit: false } && result.GetResult(Gateway) is not null)
            {
                result.AddError("--gateway names one gateway and --all-gateways means every one; leave out one of them.");
            }
        });
    }
}
