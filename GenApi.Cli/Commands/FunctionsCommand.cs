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
internal class FunctionsListCommand : GatewayCommand
{
    private readonly Option<string?> _service = new("--service") { Description = "Only those of this service.", HelpName = "SERVICE" };

    public FunctionsListCommand(CliHost host, CommonOptions common, string name, string description)
        : base(host, common, name, description) => Add(_service);

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var all = await run.Gateway.AdminGetAsync("functions", cancellationToken);
        if (all.ValueKind != JsonValueKind.Array)
        {
            run.Output.Json(all, indented: true);
            return ExitCode.Done;
        }

        var service = run.Value(_service);
        JsonElement[] functions = [.. all.EnumerateArray().Where(function => service is null || function.Show("service") == service)];
        if (run.Json)
        {
            run.Output.Json(JsonSerializer.SerializeToElement(functions, ConnectionJson.Default.JsonElementArray), indented: true);
        }
        else if (functions.Length == 0)
        {
            run.Errors.Note(service is null ? "The gateway knows no functions." : $"The gateway knows no functions of {service}.");
        }
        else
        {
            run.Output.Table(
                ["Service", "Function", "Version", "Answers", "Permission", "State", "Description"],
                functions.Select(function => (string[])
                [
                    function.Show("service"), function.Show("request_type"), function.Show("version"), function.Show("response_type"), Permission(function),
                    function.Find("disabled") is { ValueKind: JsonValueKind.True } ? "disabled" : "enabled", function.Show("description"),
                ]));
        }

        return ExitCode.Done;
    }

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
    }

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
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var (service, type, version) = (run.Value(_service)!, run.Value(_type)!, run.Value(_version));
        var answer = await run.Gateway.AdminSendAsync(_method, $"functions/{AdminPath.Of(service, type, version ?? Unversioned)}{_suffix}", null, cancellationToken);
        run.Gateway.CheckDone(answer);
        if (run.Json)
        {
            run.Output.Json(
                JsonSerializer.SerializeToElement(new FunctionSwitched(service, type, version, _done), ConnectionJson.Default.FunctionSwitched),
                indented: true);
        }
        else
        {
            run.Output.Line($"{service}/{type}{(version is null ? "" : $" version {version}")} is {_done}.");
        }

        return ExitCode.Done;
    }
}
