using System.CommandLine;
using System.Text.Json;
using GenApi.Cli.Connection;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi flow SERVICE TYPE [VERSION]</c>: the way of a function's calls, as a diagram.</summary>
internal sealed class FlowCommand : ReportCommand
{
    private static readonly string[] LimitScopes = ["global", "api"];
    private static readonly string[] HookNames = ["before_execute", "after_execute"];

    private readonly Argument<string> _service = new("SERVICE") { Description = "The service, such as sample." };

    private readonly Argument<string> _type = new("TYPE") { Description = "The function, such as echo." };

    private readonly Argument<string?> _version = new("VERSION")
    {
        Description = "Its version. Default: the one that a call without a version gets.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _user = new("--user") { Description = "Show how far this user has used the rate limits.", HelpName = "USER" };

    public FlowCommand(CliHost host, CommonOptions common)
        : base(host, common, "flow", "Draws the way of a function's calls from the client to its nodes and back.")
    {
        Add(_service);
        Add(_type);
        Add(_version);
        Add(_user);
        common.Suggestions.OfFunction(_service, _type, _version);
    }

    protected override string Path(CommandRun run) =>
        AdminPath.WithQuery($"flows/{AdminPath.Of(run.Value(_service)!, run.Value(_type)!)}", ("version", run.Value(_version)), ("user_id", run.Value(_user)));

    protected override bool IsOfOneGateway => true;

    protected override FunctionName AskedFunction(CommandRun run) => new(run.Value(_service)!, run.Value(_type)!, run.Value(_version));

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view) => Describe(report, view);

    /// <summary>What <c>flow</c> and <c>inspect</c> have in common.</summary>
    public static void Describe(JsonElement flow, ReportView view)
    {
        var calls = flow.At("calls");
        view.Title($"{flow.Show("service")}/{flow.Show("request_type")}{(flow.Show("version") is { Length: > 0 } version ? $" version {version}" : "")}")
            .Fields(
                ("state", flow.Is("disabled") ? "disabled" : ""),
                ("error", flow.Show("error")),
                ("answers", flow.Show("response_type")),
                ("node by", flow.Show("choose_node_mode")),
                ("timeout", flow.Show("timeout") == "infinity" ? "none" : flow.ShowWindow("timeout")),
                ("runs", $"{flow.At("function").Show("name")}{(flow.Is("local") ? " in the gateway's own process" : "")} {flow.At("function").Show("fixed_args")}".Trim()),
                ("nodes", flow.Find("nodes") is null ? "" : $"{flow.At("reachable_nodes").Items().Count()} of {flow.At("nodes").Items().Count()} reachable"),
                ("permission", Joined(flow.At("permission").Show("strategy"), flow.At("permission").Show("description"))),
                ("rate limits", Limits(flow.At("rate_limit"))),
                ("", flow.At("rate_limit").Show("note")),
                ("hooks", string.Join(", ", HookNames.Where(hook => flow.At("hooks", hook).Is("configured")).Select(hook => $"{hook} {flow.At("hooks", hook).Show("hook")}"))),
                ("retry", flow.At("retry").Is("configured") ? $"{Words.Count(flow.At("retry").Show("attempts"), "more time")}, {flow.At("retry").Show("mode")}" : ""),
                ("calls", calls.Number("calls") is > 0 ? $"{calls.Show("calls")}, {calls.Show("failures")} failed, mean {calls.ShowMicroseconds("mean_us")}, longest {calls.ShowMicroseconds("max_us")}" : calls.Show("calls")))
            .Title("Way")
            .Add(FlowDiagram.Of(flow));
    }

    private static string Limits(JsonElement limits) => string.Join("; ", LimitScopes.SelectMany(scope => limits.At(scope).Items().Select(Limit)).Prepend(limits.Find("enabled") is { ValueKind: JsonValueKind.False } ? "switched off" : "").Where(limit => limit.Length > 0));

    private static string Limit(JsonElement limit)
    {
        var (use, counted) = (limit.Find("use"), limit.Find("counted"));
        var used = use is { } own ? $", used {own.Show("current")} by {own.Show("key_value")}{(own.ShowMilliseconds("retry_after_ms") is { Length: > 0 } wait ? $" (more in {wait})" : "")}"
            : counted is { } all && all.Number("keys") is > 0 ? $", {all.Show("keys")} counted{(all.Show("largest_use") is { Length: > 0 } largest ? $", the most {largest}" : "")}"
            : "";
        return $"{limit.Show("scope")} {limit.Show("key")} {limit.Show("max_requests")} per {limit.ShowWindow("window_ms")}{used}";
    }

    private static string Joined(string first, string second) => second.Length == 0 ? first : $"{first}: {second}";
}
