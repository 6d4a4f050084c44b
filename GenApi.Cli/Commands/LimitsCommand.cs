using System.CommandLine;
using System.Text.Json;
using GenApi.Cli.Calls;
using GenApi.Cli.Connection;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi limits</c>: the rate limits in force.</summary>
internal sealed class LimitsCommand : ReportCommand
{
    public LimitsCommand(CliHost host, CommonOptions common)
        : base(host, common, "limits", "Shows the rate limits, global and of single functions.")
    {
        Add(new LimitsUpdateCommand(host, common));
        Add(new LimitsGlobalCommand(host, common));
        Add(new LimitsStatusCommand(host, common));
        Add(new LimitsResetCommand(host, common));
        Add(new LimitsCheckCommand(host, common));
    }

    protected override string Path(CommandRun run) => "rate-limits";

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view) => LimitRows.DescribeConfig(report, view);
}

/// <summary><c>genapi limits update JSON</c>.</summary>
internal sealed class LimitsUpdateCommand : GatewayCommand
{
    private readonly Argument<string> _changes = new("JSON")
    {
        Description = """What to change: any of global_limits, api_limits, enabled and fail_open, such as '{"enabled":false}'; '-' reads it from stdin, '@FILE' from a file.""",
    };

    public LimitsUpdateCommand(CliHost host, CommonOptions common)
        : base(host, common, "update", "Changes several things at once; what is left out stays. The gateway's GenApi:AdminActions must allow update_rate_limit_config.") => Add(_changes);

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var changes = await CallArguments.ReadAsync(run.Value(_changes), run.Host.Input, cancellationToken);
        run.Report(run.Gateway.JsonOf(await run.Gateway.AdminSendAsync(HttpMethod.Put, "rate-limits", changes, cancellationToken)), LimitRows.DescribeConfig);
        return ExitCode.Done;
    }
}

/// <summary><c>genapi limits status VALUE</c>.</summary>
internal sealed class LimitsStatusCommand : ReportCommand
{
    private readonly LimitTarget _target = new();

    public LimitsStatusCommand(CliHost host, CommonOptions common)
        : base(host, common, "status", "Shows how far a user, or another value of a key, has used its limits.") => _target.AddTo(this, common);

    protected override string Path(CommandRun run) => AdminPath.WithQuery(
        "rate-limits/status", ("key_value", run.Value(_target.KeyValue)), ("scope", run.Value(_target.Scope)), ("rate_limit_key", run.Value(_target.Key)));

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view) => LimitRows.DescribeStatus(report, view);
}

/// <summary><c>genapi limits reset VALUE</c> and <c>genapi limits reset --all</c>.</summary>
internal sealed class LimitsResetCommand : GatewayCommand
{
    private readonly LimitTarget _target = new();

    private readonly Option<bool> _all = new("--all") { Description = "Forget everything that was counted, for everybody and under every limit, in place of VALUE. The limits stay." };

    public LimitsResetCommand(CliHost host, CommonOptions common)
        : base(host, common, "reset", "Forgets what was counted for a user, or another value of a key, or for all, on every gateway. The gateway's GenApi:AdminActions must allow reset_rate_limit.")
    {
        _target.AddTo(this, common);
        _target.KeyValue.Arity = ArgumentArity.ZeroOrOne;
        Add(_all);
        AskFirst(run => run.Value(_all) ? "Forget everything that was counted, for everybody, on every gateway?" : null);
        Validators.Add(result =>
        {
            var hasValue = result.GetResult(_target.KeyValue) is { Tokens.Count: > 0 };
            var all = result.GetValue(_all);
            if (!hasValue && !all)
            {
                result.AddError("VALUE is missing: whose calls to forget, such as a user id; or --all.");
            }
            else if (all && (hasValue || result.GetResult(_target.Key) is not null || result.GetResult(_target.Scope) is not null))
            {
                result.AddError("--all already says what to forget: everything. Leave out VALUE, --key and --scope, or leave out --all.");
            }
        });
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.Value(_all))
        {
            await ResetAllAsync(run, cancellationToken);
            return ExitCode.Done;
        }

        var body = JsonObject.Of(
            ("key_value", run.Value(_target.KeyValue)), ("scope", run.Value(_target.Scope)), ("rate_limit_key", run.Value(_target.Key)));
        run.Report(run.Gateway.JsonOf(await run.Gateway.AdminSendAsync(HttpMethod.Post, "rate-limits/reset", body, cancellationToken)), LimitRows.DescribeStatus);
        return ExitCode.Done;
    }

    private static async Task ResetAllAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var done = run.Gateway.JsonOf(await run.Gateway.AdminSendAsync(HttpMethod.Post, "rate-limits/reset-all", null, cancellationToken));
        if (run.Json)
        {
            run.Output.Json(done, indented: true);
        }
        else
        {
            run.Output.Line($"Reset {Words.Count(done.Show("reset"), "counter")}.");
        }
    }
}

/// <summary><c>genapi limits check SERVICE [TYPE]</c>.</summary>
internal sealed class LimitsCheckCommand : GatewayCommand
{
    private readonly Argument<string> _service = new("SERVICE") { Description = "The service, such as sample." };

    private readonly Argument<string?> _type = new("TYPE") { Description = "The function, such as echo. Default: only the global limits are checked.", Arity = ArgumentArity.ZeroOrOne };

    private readonly Option<string?> _user = new("--user") { Description = "The user who calls.", HelpName = "USER" };

    private readonly Option<string?> _device = new("--device") { Description = "The device that calls.", HelpName = "DEVICE" };

    private readonly Option<string?> _address = new("--ip") { Description = "The address that the call comes from.", HelpName = "ADDRESS" };

    private readonly Option<string[]> _keys = new("--key") { Description = "The value of a key of your own, as NAME=VALUE. May be given several times.", HelpName = "NAME=VALUE" };

    public LimitsCheckCommand(CliHost host, CommonOptions common)
        : base(host, common, "check", "Counts a call as if it had come in, and says whether it is within its limits; exit code 1 when it is not.")
    {
        Add(_service);
        Add(_type);
        Add(_user);
        Add(_device);
        Add(_address);
        Add(_keys);
        common.Suggestions.OfFunction(_service, _type);
        _keys.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1))
            {
                result.AddError($"--key must be NAME=VALUE; it is '{token.Value}'.");
            }
        });
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var keys = (run.Value(_keys) ?? []).Select(key => key.Split('=', 2)).Select(parts => (parts[0], (string?)parts[1])).ToArray();
        var body = JsonObject.Of(
            [
                ("service", run.Value(_service)), ("request_type", run.Value(_type)), ("user_id", run.Value(_user)), ("device_id", run.Value(_device)),
                ("ip_address", run.Value(_address)),
            ],
            keys.Length == 0 ? null : ("keys", keys));
        var check = run.Gateway.JsonOf(await run.Gateway.AdminSendAsync(HttpMethod.Post, "rate-limits/check", body, cancellationToken));
        if (run.Json)
        {
            run.Output.Json(check, indented: true);
        }

        if (check.Find("allowed") is not { ValueKind: JsonValueKind.True })
        {
            throw new CliException(
                $"Over the limit {check.Show("scope")} of {check.Show("max_requests")} per {check.ShowWindow("window_ms")} for one {check.Show("key")}; a call is admitted again in {check.ShowMilliseconds("retry_after_ms")}.");
        }

        if (!run.Json)
        {
            run.Output.Line("Within its limits, and counted.");
        }

        return ExitCode.Done;
    }
}

/// <summary>Whose counters a command is about.</summary>
internal sealed class LimitTarget
{
    public Argument<string?> KeyValue { get; } = new("VALUE") { Description = "The value, such as a user id.", Arity = ArgumentArity.ExactlyOne };

    public Option<string?> Key { get; } = new("--key") { Description = "The limits' key: user_id, device_id, ip_address or one of your own. Default: user_id.", HelpName = "KEY" };

    public Option<string?> Scope { get; } = new("--scope") { Description = "'global', or a function as SERVICE/TYPE. Default: every limit of the key.", HelpName = "SCOPE" };

    public void AddTo(Command command, CommonOptions common)
    {
        common.Suggestions.OfScope(Scope);
        command.Add(KeyValue);
        command.Add(Key);
        command.Add(Scope);
    }
}
