using System.CommandLine;
using System.Net;
using System.Text.Json;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi push FILE</c>: pushes the functions of a service, as a node does when it starts.</summary>
internal sealed class PushCommand : GatewayCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "A file with a push config as JSON: service, config_version, fun_configs; '-' for stdin." };

    private readonly Option<bool> _force = new("--force") { Description = "Store it also when its config version is stored already." };

    public PushCommand(CliHost host, CommonOptions common)
        : base(host, common, "push", "Pushes the function configs of a service; exit code 1 when any was refused. Its push_token or the gateway's GenApi:AdminActions (push_config) must allow it.")
    {
        Add(_file);
        Add(_force);
    }

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var (bytes, push) = await PushFile.ReadAsync(run.Value(_file)!, run.Host.Input, cancellationToken);
        var answer = await run.Gateway.AdminSendAsync(HttpMethod.Post, run.Value(_force) ? "push?force=true" : "push", bytes, cancellationToken);

        // A refused push says with 422 what was wrong with each function.
        var result = answer is { Status: HttpStatusCode.UnprocessableEntity, Json: { } refused } && answer.Text("status") is not null ? refused : run.Gateway.JsonOf(answer);
        if (run.Json)
        {
            run.Output.Json(result, indented: true);
        }

        var rejected = result.Find("rejected") is { ValueKind: JsonValueKind.Array } list ? list.GetArrayLength() : 0;
        if (rejected > 0 && !run.Json)
        {
            run.Output.Table(
                ["Request Type", "Version", "Reason"],
                result.GetProperty("rejected").EnumerateArray().Select(function => (string[])
                    [function.Show("request_type"), function.Show("version"), function.ShowList("reasons", "; ")]));
        }

        if (result.Show("status") is not ("accepted" or "skipped"))
        {
            throw new CliException($"The gateway refused the push: {result.Show("reason")}.");
        }

        if (!run.Json)
        {
            run.Output.Line(Describe(push, result.Show("status") == "skipped", rejected));
        }

        // Scripts must not take a part for the whole.
        return rejected == 0
            ? ExitCode.Done
            : throw new CliException($"The gateway refused {Words.Count(rejected, "function")} of the push; 'genapi failed' shows why.");
    }

    private static string Describe(JsonElement push, bool skipped, int rejected)
    {
        var set = $"{push.Show("service")}, config version {push.Show("config_version")}";
        if (skipped)
        {
            return $"Skipped: {set} is stored already. --force stores it again.";
        }

        var functions = push.Find("fun_configs") is { ValueKind: JsonValueKind.Array } list ? list.GetArrayLength() - rejected : 0;
        return $"Accepted {Words.Count(functions, "function")} of {set}.";
    }
}
