using System.CommandLine;
using System.Text;
using System.Text.Json;
using GenApi.Cli.Connection;
using GenApi.Cli.Printing;
using GenApi.Protocol.Json;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi limits global</c>: the limits over all functions.</summary>
internal sealed class LimitsGlobalCommand : ReportCommand
{
    public LimitsGlobalCommand(CliHost host, CommonOptions common)
        : base(host, common, "global", "Shows the limits over all functions.")
    {
        Add(new LimitsGlobalSetCommand(host, common));
        Add(new LimitsGlobalAddCommand(host, common));
        Add(new LimitsGlobalRemoveCommand(host, common));
    }

    protected override string Path(CommandRun run) => "rate-limits/global";

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view) => LimitRows.DescribeLimits(report, view);
}

/// <summary><c>genapi limits global set JSON</c>.</summary>
internal sealed class LimitsGlobalSetCommand : GatewayCommand
{
    private readonly Argument<string> _limits = new("JSON")
    {
        Description = """All limits, a JSON list such as '[{"key":"user_id","max_requests":2000,"window_ms":60000}]'.""",
    };

    public LimitsGlobalSetCommand(CliHost host, CommonOptions common)
        : base(host, common, "set", "Replaces them all. The gateway's GenApi:AdminActions must allow update_rate_limit_config.")
    {
        Add(_limits);
        AskFirst(run => $"Replace all limits over all functions by {Words.Count(Read(run).Count, "other")}, on every gateway?");
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        run.Report(run.Gateway.JsonOf(await run.Gateway.AdminSendAsync(HttpMethod.Put, "rate-limits/global", Read(run).Json, cancellationToken)), LimitRows.DescribeLimits);
        return ExitCode.Done;
    }

    private (byte[] Json, int Count) Read(CommandRun run)
    {
        var bytes = Encoding.UTF8.GetBytes(run.Value(_limits)!);
        try
        {
            using var list = JsonDocument.Parse(bytes);
            return list.RootElement.ValueKind == JsonValueKind.Array
                ? (bytes, list.RootElement.GetArrayLength())
                : throw new CliException("The limits must be a JSON list of objects with key, max_requests and window_ms.", ExitCode.Usage);
        }
        catch (JsonException error)
        {
            throw new CliException($"The limits are not valid JSON: {JsonFault.Say(error)}", ExitCode.Usage);
        }
    }
}

/// <summary><c>genapi limits global add KEY MAX WINDOW</c>.</summary>
internal sealed class LimitsGlobalAddCommand : GatewayCommand
{
    /// <summary>No gateway counts further.</summary>
    private const long MostRequests = 1_000_000_000;

    private readonly Argument<string> _key = new("KEY") { Description = "user_id, device_id, ip_address, or the name of a claim or argument." };

    private readonly Argument<long> _max = WholeNumber.Argument("MAX", 1, MostRequests, "The most calls in any window.");

    private readonly Argument<TimeSpan> _window = new("WINDOW")
    {
        Description = "The length of the window: 500ms, 10s, 1m, 1h, 1d; a number alone is seconds.",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (!Duration.TryParse(text, out var window))
            {
                result.AddError($"WINDOW must be whole seconds, or a whole number and a unit, such as 500ms, 10s or 1h; it is '{text}'.");
            }

            return window;
        },
    };

    private readonly Option<string?> _source = new("--source") { Description = "Where the value of a key of your own comes from: claim or argument. Default: the claim, or else the argument.", HelpName = "SOURCE" };

    public LimitsGlobalAddCommand(CliHost host, CommonOptions common)
        : base(host, common, "add", "Adds one, in place of the one with the same key. The gateway's GenApi:AdminActions must allow update_rate_limit_config.")
    {
        Add(_key);
        Add(_max);
        Add(_window);
        Add(_source);
        _source.AcceptOnlyFromAmong("claim", "argument");
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var body = JsonObject.Of(
            [("key", run.Value(_key)), ("source", run.Value(_source))],
            numbers: [("max_requests", run.Value(_max)), ("window_ms", (long)run.Value(_window).TotalMilliseconds)]);
        run.Report(run.Gateway.JsonOf(await run.Gateway.AdminSendAsync(HttpMethod.Post, "rate-limits/global", body, cancellationToken)), LimitRows.DescribeLimits);
        return ExitCode.Done;
    }
}

/// <summary><c>genapi limits global remove KEY</c>.</summary>
internal sealed class LimitsGlobalRemoveCommand : GatewayCommand
{
    private readonly Argument<string> _key = new("KEY") { Description = "The key of the limit, such as user_id." };

    public LimitsGlobalRemoveCommand(CliHost host, CommonOptions common)
        : base(host, common, "remove", "Removes the one with this key, if there is one. The gateway's GenApi:AdminActions must allow update_rate_limit_config.")
    {
        Add(_key);
        common.Suggestions.OfGlobalLimit(_key);
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = AdminPath.Of("rate-limits", "global", run.Value(_key)!);
        run.Report(run.Gateway.JsonOf(await run.Gateway.AdminSendAsync(HttpMethod.Delete, path, null, cancellationToken)), LimitRows.DescribeLimits);
        return ExitCode.Done;
    }
}
