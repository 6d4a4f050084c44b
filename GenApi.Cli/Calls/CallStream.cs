using System.Net.ServerSentEvents;
using System.Text.Json;
using GenApi.Cli.Commands;
using GenApi.Cli.Connection;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Calls;

/// <summary>Prints an answer that comes in parts: server-sent events, each of them a response.</summary>
internal sealed class CallStream(CommandRun run, CallPrinter printer, string name)
{
    /// <summary>Prints each part as it comes, until the last one.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="CliException">The stream breaks off, or carries something else.</exception>
    public async Task<int> PrintAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var parts = 0L;
        try
        {
            await using var body = new EventSizeLimit(await response.Content.ReadAsStreamAsync(cancellationToken), GatewayClient.MaxAnswerBytes);
            await foreach (var item in SseParser.Create(body, (_, data) => data.ToArray()).EnumerateAsync(cancellationToken))
            {
                body.StartEvent();
                if (item.Data.Length == 0)
                {
                    continue;
                }

                using var document = Parse(item.Data);
                var json = document.RootElement;
                var part = GatewayAnswer.ReadCallResponse(json) ?? throw NotUnderstood();
                if (!part.Success)
                {
                    return printer.Failed(json, part, indented: false);
                }

                printer.Part(json, part);
                parts++;
                if (!part.HasMore)
                {
                    return ExitCode.Done;
                }
            }
        }
        catch (Exception error) when (GatewayClient.IsFault(error, cancellationToken))
        {
            throw new CliException($"The stream of {name} broke off after {Words.Count(parts, "part")}: {error.Message}");
        }

        throw new CliException($"The stream of {name} ended after {Words.Count(parts, "part")} without a last one, so parts may be missing.");
    }

    private JsonDocument Parse(byte[] data)
    {
        try
        {
            return JsonDocument.Parse(data);
        }
        catch (JsonException)
        {
            throw NotUnderstood();
        }
    }

    private CliException NotUnderstood() =>
        new($"The stream of {name} carries an event that is no response of a GenApi gateway; check the URL (from {run.Gateway.UrlSource}).");
}
