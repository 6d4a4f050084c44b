using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using GenApi.Cli.Commands;
using GenApi.Cli.Connection;

namespace GenApi.Cli.Calls;

/// <summary>Makes a call and takes its answer in whichever way it comes: at once, later, or in parts.</summary>
internal sealed class CallExchange(CommandRun run, CallPlan plan, FunctionName function, string token)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestAskedPause = TimeSpan.FromSeconds(30);

    private readonly CallPrinter _printer = new(run);

    /// <summary>Calls, waits and prints.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="CliException">The gateway cannot be asked, or what answers is none.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var code = await CallAsync(cancellationToken);
        if (_printer.NotFound && await FunctionHint.FindAsync(run, function, cancellationToken) is { } hint)
        {
            run.Errors.Note(hint);
        }

        return code;
    }

    private async Task<int> CallAsync(CancellationToken cancellationToken)
    {
        using var response = await run.Gateway.SendAsync(() => plan.ToRequest(token), cancellationToken);
        if (response is { IsSuccessStatusCode: true, Content.Headers.ContentType.MediaType: MediaTypeNames.Text.EventStream })
        {
            return await new CallStream(run, _printer, plan.Name).PrintAsync(response, cancellationToken);
        }

        var answer = await run.Gateway.ReadAsync(response, cancellationToken);
        return response is { StatusCode: HttpStatusCode.Accepted, Headers.Location: { } location }
            ? Print(await WaitAsync(answer, new Uri(answer.Url, location), cancellationToken))
            : Print(answer);
    }

    private int Print(GatewayAnswer answer) => answer switch
    {
        { Json: { } json } when answer.AsCallResponse() is { } response => _printer.Print(json, response),
        _ when answer.Text("error") is { } said => throw new CliException($"{answer.Text("code") ?? $"{(int)answer.Status}"}: {said}"),
        { Status: HttpStatusCode.Unauthorized } => throw new CliException($"The gateway at {GatewayFault.Show(answer.Url)} does not accept the client token."),
        { Status: HttpStatusCode.Forbidden } => throw new CliException($"The gateway at {GatewayFault.Show(answer.Url)} forbids the call and gives no reason."),
        _ => throw GatewayFault.NotUnderstood(answer, run.Gateway.UrlSource),
    };

    private async Task<GatewayAnswer> WaitAsync(GatewayAnswer accepted, Uri location, CancellationToken cancellationToken)
    {
        if (GatewayFault.Show(location) != GatewayFault.Show(accepted.Url))
        {
            throw new CliException($"The gateway says that the result will be at {location}, which is not the gateway; genapi sends no token there.");
        }

        try
        {
            return await run.Errors.WaitAsync($"Waiting for the result of {plan.Name}…", run.Host.Time, () => PollAsync(location, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            run.Errors.Note($"The call itself goes on. Its result can be fetched once from {location}.");
            throw;
        }
    }

    private async Task<GatewayAnswer> PollAsync(Uri location, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            await Task.Delay(pause, run.Host.Time, cancellationToken);
            using var response = await run.Gateway.SendAsync(
                () => new HttpRequestMessage(HttpMethod.Get, location) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } },
                cancellationToken);
            var answer = await run.Gateway.ReadAsync(response, cancellationToken);
            switch (answer.Status)
            {
                case HttpStatusCode.Accepted:
                    // The gateway may know better when to ask again.
                    if (response.Headers.RetryAfter?.Delta is { } asked && asked > pause)
                    {
                        pause = asked < LongestAskedPause ? asked : LongestAskedPause;
                    }

                    break;
                case HttpStatusCode.Gone:
                    throw new CliException($"The result of {plan.Name} was fetched before or has expired.");
                case HttpStatusCode.NotFound when answer.AsCallResponse() is null:
                    throw new CliException($"The gateway knows no result at {location}.");
                default:
                    return answer;
            }
        }
    }
}
