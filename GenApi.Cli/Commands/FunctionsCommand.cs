using System.CommandLine;
using System.Text.Json;
using GenApi.Cli.Connection;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi functions</c>: the functions that the gateways serve, and switches for them.</summary>
internal sealed class FunctionsCommand : FunctionsListCommand
{
    public FunctionsCommand(CliHost host, CommonOptions common)
        : base(host, common, "functions", "Lists the functions that the gateways know.")
    {
        Add(new FunctionsListCommand(host, common, "list", "Lists them; the same as 'genapi functions'."));
        Add(new FunctionLatestCommand(host, common));
        Add(new FunctionSwitchCommand(host, common, "enable", "Lets a function be called again", HttpMethod.Post, "/enable", "enabled"));
        Add(new FunctionSwitchCommand(host, common, "disable", "Has calls of a function refused, also after its service pushes again", HttpMethod.Post, "/disable", "disabled"));
        Add(new FunctionSwitchCommand(host, common, "delete", "Removes a function, until its service pushes a new config version", HttpMethod.Delete, "", "deleted"));
        Add(new FunctionsClearCommand(host, common));
    }
}

/// <summary><c>genapi functions list</c>.</summary>
internal class FunctionsListCommand : ReportCommand
{
    private readonly Option<string?> _service = new("--service") { Description = "Only those of this service.", HelpName = "SERVICE" };

    public FunctionsListCommand(CliHost host, CommonOptions common, string name, string description)
        : base(host, common, name, description)
    {
        Add(_service);
        common.Suggestions.OfService(_service);
    }

    protected override string Path(CommandRun run) => "functions";

    protected override async Task<JsonElement> FetchAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var all = await base.FetchAsync(run, cancellationToken);
        return run.Value(_service) is { } service
            ? JsonSerializer.SerializeToElement([.. all.Items().Where(function => function.Show("service") == service)], ConnectionJson.Default.JsonElementArray)
            : all;
    }

    protected override void Describe(CommandRun run, JsonElement report, JsonElement? before, ReportView view) => view.OnlyTable(
        ["Service", "Function", "Version", "Answers", "Permission", "State", "Description"],
        report.Items().Select(function => (string[])
        [
            function.Show("service"), function.Show("request_type"), function.Show("version"), function.Show("response_type"), Permission(function),
            function.Is("disabled") ? "disabled" : "enabled", function.Show("description"),
        ]),
        run.Value(_service) is { } service ? $"The gateway knows no functions of {service}." : "The gateway knows no functions.");

    private static string Permission(JsonElement function) =>
        function.Find("permission_callback") is { } callback ? callback.GetRawText()
        : function.Show("check_permission") is { Length: > 0 } rule and not "false" ? rule
        : "none";
}

/// <summary><c>genapi functions latest SERVICE TYPE</c>.</summary>
internal sealed class FunctionLatestCommand : GatewayCommand
{
    private readonly Argument<string> _service = new("SERVICE") { Description = "The service, such as sample." };

    private readonly Argument<string> _type = new("TYPE") { Description = "The function, such as echo." };

    public FunctionLatestCommand(CliHost host, CommonOptions common)
        : base(host, common, "latest", "Prints the config that a call without a version gets.")
    {
        Add(_service);
        Add(_type);
        common.Suggestions.OfFunction(_service, _type);
    }

    protected override FunctionName AskedFunction(CommandRun run) => new(run.Value(_service)!, run.Value(_type)!, null);

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var config = await run.Gateway.AdminGetAsync($"functions/{AdminPath.Of(run.Value(_service)!, run.Value(_type)!)}/latest", cancellationToken);
        if (run.Json)
        {
            run.Output.Json(config, indented: true);
        }
        else
        {
            run.Output.TableOrJson(config);
        }

        return ExitCode.Done;
    }
}

/// <summary><c>genapi functions enable|disable|delete SERVICE TYPE [VERSION]</c>.</summary>
internal sealed class FunctionSwitchCommand : GatewayCommand
{
    /// <summary>Stands for the function without a version, as in the admin API.</summary>
    private const string Unversioned = "-";

    private readonly HttpMethod _method;
    private readonly string _suffix;
    private readonly string _done;

    private readonly Argument<string> _service = new("SERVICE") { Description = "The service, such as sample." };

    private readonly Argument<string> _type = new("TYPE") { Description = "The function, such as echo." };

    private readonly Argument<string?> _version = new("VERSION")
    {
        Description = "Its version. Default: the function without a version.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public FunctionSwitchCommand(CliHost host, CommonOptions common, string name, string description, HttpMethod method, string suffix, string done)
        : base(host, common, name, $"{description}. The gateway's GenApi:AdminActions must allow manage_functions.")
    {
        (_method, _suffix, _done) = (method, suffix, done);
        Add(_service);
        Add(_type);
        Add(_version);
        common.Suggestions.OfFunction(_service, _type, _version);
        if (method == HttpMethod.Delete)
        {
            AskFirst(run => Path(run).Length > 0 ? $"Delete {Show(Function(run))}, on every gateway?" : null);
        }
    }

    /// <summary>Without its version: the gateway itself says which versions there are.</summary>
    protected override FunctionName AskedFunction(CommandRun run) => Function(run) with { Version = null };

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var function = Function(run);
        var answer = await run.Gateway.AdminSendAsync(_method, Path(run), null, cancellationToken);
        run.Gateway.CheckDone(answer);
        if (run.Json)
        {
            run.Output.Json(
                JsonSerializer.SerializeToElement(new FunctionSwitched(function.Service, function.RequestType, function.Version, _done), ConnectionJson.Default.FunctionSwitched),
                indented: true);
        }
        else
        {
            run.Output.Line($"{Show(function)} is {_done}.");
        }

        return ExitCode.Done;
    }

    private static string Show(FunctionName function) => $"{function.Service}/{function.RequestType}{(function.Version is { } version ? $" version {version}" : "")}";

    private FunctionName Function(CommandRun run) => new(run.Value(_service)!, run.Value(_type)!, run.Value(_version));

    private string Path(CommandRun run)
    {
        var function = Function(run);
        return $"functions/{AdminPath.Of(function.Service, function.RequestType, function.Version ?? Unversioned)}{_suffix}";
    }
}
