using System.CommandLine;
using System.Text;
using GenApi.Cli.Connection;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Commands;

/// <summary><c>genapi functions clear [SERVICE]</c>.</summary>
internal sealed class FunctionsClearCommand : GatewayCommand
{
    /// <summary>Longer answers are no answers.</summary>
    private const int MaxAnswerBytes = 100;

    private readonly Argument<string?> _service = new("SERVICE") { Description = "The service, such as sample. Default: all services.", Arity = ArgumentArity.ZeroOrOne };

    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do not ask first." };

    public FunctionsClearCommand(CliHost host, CommonOptions common)
        : base(host, common, "clear", "Removes all functions of a service, or of all services, until they push a new config version. Asks first. The gateway's GenApi:AdminActions must allow manage_functions.")
    {
        Add(_service);
        Add(_yes);
    }

    /// <summary>Somebody who is asked takes longer than a gateway.</summary>
    protected override TimeSpan? DefaultTimeout(ParseResult parsed) => parsed.GetValue(_yes) ? base.DefaultTimeout(parsed) : TimeSpan.FromMinutes(10);

    protected override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var service = run.Value(_service);
        var path = service is null ? "functions" : $"functions/{AdminPath.Of(service)}";
        if (!run.Value(_yes))
        {
            run.Errors.Note($"This removes all functions of {(service is null ? "all services" : $"the service {service}")}, on every gateway; calls of them will fail. Type 'yes' to go on.");

            // A terminal's read cannot be given up, so this one is left behind on Ctrl-C.
            var answer = await Task.Run(() => ReadLine(run.Host.Input), cancellationToken).WaitAsync(cancellationToken);
            if (answer.ToUpperInvariant() is not ("Y" or "YES"))
            {
                throw new CliException(answer.Length == 0 ? "Nothing was changed: nobody said yes. In scripts, say so with --yes." : "Nothing was changed.");
            }
        }

        var done = run.Gateway.JsonOf(await run.Gateway.AdminSendAsync(HttpMethod.Delete, path, null, cancellationToken));
        if (run.Json)
        {
            run.Output.Json(done, indented: true);
        }
        else
        {
            run.Output.Line($"Removed {done.Show("removed")} function{(done.Number("removed") == 1 ? "" : "s")}{(service is null ? "" : $" of {service}")}.");
        }

        return ExitCode.Done;
    }

    private static string ReadLine(Stream input)
    {
        Span<byte> line = stackalloc byte[MaxAnswerBytes];
        var length = 0;
        while (length < line.Length && input.ReadByte() is >= 0 and not '\n' and var next)
        {
            line[length++] = (byte)next;
        }

        return Encoding.UTF8.GetString(line[..length]).Trim();
    }
}
