using System.CommandLine;
using GenApi.Cli.Connection;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi token USER</c>: makes a client token and prints it alone, so that a shell can put it in a variable.</summary>
internal sealed class TokenCommand : GatewayCommand
{
    private readonly Argument<string> _user = new("USER") { Description = "The user whom the token speaks for." };

    private readonly Option<string[]> _roles = new("--role") { Description = "A role of the user. May be given several times.", HelpName = "ROLE" };

    private readonly Option<string?> _device = new("--device") { Description = "The device that the token is bound to.", HelpName = "DEVICE" };

    private readonly Option<TimeSpan?> _expires = Duration.Option(
        "--expires",
        finest: TimeSpan.FromSeconds(1),
        longest: TimeSpan.FromDays(365),
        "How long the token lasts: 90s, 15m, 1h, 7d; a number alone is seconds. Default: what the gateway is set to.");

    public TokenCommand(CliHost host, CommonOptions common)
        : base(host, common, "token", "Makes a client token. The gateway's GenApi:AdminActions must allow create_token.")
    {
        Add(_user);
        Add(_roles);
        Add(_device);
        Add(_expires);
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var request = new TokenRequest(run.Value(_user)!, run.Value(_roles) ?? [], run.Value(_device), (long?)run.Value(_expires)?.TotalSeconds);
        var (answer, token) = await run.Gateway.MintTokenAsync(request, cancellationToken);
        if (run.Json)
        {
            run.Output.Json(answer, indented: true);
        }
        else
        {
            run.Output.Line(token);
        }

        return ExitCode.Done;
    }
}
