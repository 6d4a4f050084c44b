using System.CommandLine;
using GenApi.Cli.Calls;
using GenApi.Cli.Connection;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi call SERVICE TYPE [JSON]</c>: calls a function as a client would, in whichever mode it answers.</summary>
internal sealed class CallCommand : GatewayCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>A stream's token is looked at once, when it begins.</summary>
    private static readonly TimeSpan StreamTokenLifetime = TimeSpan.FromMinutes(5);

    private readonly Argument<string> _service = new("SERVICE") { Description = "The service, such as sample." };

    private readonly Argument<string> _type = new("TYPE") { Description = "The function, such as echo." };

    private readonly Argument<string?> _args = new("JSON")
    {
        Description = "The arguments, a JSON object; '-' reads it from stdin, '@FILE' from a file. Default: no arguments.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _version = new("--version")
    {
        Description = "The function's version. Default: the one without a version, else the highest that is enabled.",
        HelpName = "VERSION",
    };

    private readonly Option<string?> _user = new("--user")
    {
        Description = "Call as this user, with a token made for the call. Default: your name on this machine.",
        HelpName = "USER",
    };

    private readonly Option<string[]> _roles = new("--role") { Description = "A role of that user. May be given several times.", HelpName = "ROLE" };

    private readonly Option<string?> _token = new("--token") { Description = "Call with this client token; no admin token is needed then.", HelpName = "TOKEN" };

    private readonly Option<string?> _requestId = new("--request-id") { Description = "The request's id. Default: the gateway makes one.", HelpName = "ID" };

    private readonly Option<bool> _stream = new("--stream") { Description = "Wait for a stream as long as it lasts and print each part on a line as it comes; Ctrl-C stops it." };

    private readonly Option<string?> _gateway;

    public CallCommand(CliHost host, CommonOptions common)
        : base(host, common, "call", "Calls a function and prints its result; waits for the result of an async function.")
    {
        _gateway = common.Gateway;
        Add(_service);
        Add(_type);
        Add(_args);
        Add(_version);
        Add(_user);
        Add(_roles);
        Add(_token);
        Add(_requestId);
        Add(_stream);
        common.Suggestions.OfFunction(_service, _type);
        common.Suggestions.OfVersion(_version, _service, _type);
        Validators.Add(result =>
        {
            if (result.GetResult(_token) is not null && (result.GetResult(_user) is not null || result.GetResult(_roles) is not null))
            {
                result.AddError("--token already says who calls; leave out --user and --role, or leave out --token.");
            }
        });
    }

    /// <summary>A call is not of the admin API: it goes through the gateway that is reached, and any of them can make the token for it.</summary>
    protected override bool AnyGateway => true;

    protected override TimeSpan? DefaultTimeout(ParseResult parsed) => parsed.GetValue(_stream) ? null : Patience;

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.Value(_gateway) is not null)
        {
            run.Errors.Note("--gateway chooses no gateway for a call: it goes through the one that is reached. --url leads to another.");
        }

        var plan = CallPlan.Make(
            run.Value(_service)!,
            run.Value(_type)!,
            run.Value(_version),
            run.Value(_requestId),
            run.Value(_stream),
            await CallArguments.ReadAsync(run.Value(_args), run.Host.Input, cancellationToken));
        var token = run.Value(_token) is { } given
            ? BearerToken.Check(given, "--token")
            : await MintAsync(run, cancellationToken);
        var function = new FunctionName(run.Value(_service)!, run.Value(_type)!, run.Value(_version));
        return await new CallExchange(run, plan, function, token).RunAsync(cancellationToken);
    }

    private async Task<string> MintAsync(CommandRun run, CancellationToken cancellationToken)
    {
        // Good for fetching a late result as well, and not for long after.
        var lifetime = run.Timeout is { } timeout ? timeout + TimeSpan.FromMinutes(1) : StreamTokenLifetime;
        var request = new TokenRequest(run.Value(_user) ?? CallerName.From(run.Host.UserName), run.Value(_roles) ?? [], DeviceId: null, (long)Math.Ceiling(lifetime.TotalSeconds));
        return (await run.Gateway.MintTokenAsync(request, cancellationToken)).Token;
    }
}
