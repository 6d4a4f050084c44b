using System.Text.Json;
using GenApi.Cli.Commands;
using GenApi.Cli.Printing;
using GenApi.Protocol.Calls;

namespace GenApi.Cli.Calls;

/// <summary>Prints answers: results to stdout, failures to stderr; with --json the whole answer to stdout either way.</summary>
internal sealed class CallPrinter(CommandRun run)
{
    /// <summary>Whether the answer was that there is no such function, or that the function does not find something.</summary>
    public bool NotFound { get; private set; }

    /// <summary>A whole answer.</summary>
    /// <param name="json">The answer as it came.</param>
    /// <param name="response">The same, read.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public int Print(JsonElement json, CallResponse response)
    {
        if (!response.Success)
        {
            return Failed(json, response);
        }

        if (run.Json)
        {
            run.Output.Json(json, indented: true);
        }
        else if (json.TryGetProperty("result", out var result))
        {
            run.Output.Json(result, indented: true);
        }
        else if (run.Errors.IsTerminal)
        {
            run.Errors.Note("Accepted; this function gives no answer.");
        }

        return ExitCode.Done;
    }

    /// <summary>One part of an answer, on a line of its own.</summary>
    /// <param name="json">The part as it came.</param>
    /// <param name="response">The same, read.</param>
    public void Part(JsonElement json, CallResponse response)
    {
        if (run.Json)
        {
            run.Output.Json(json, indented: false);
        }
        else if (json.TryGetProperty("result", out var result) && (response.HasMore || result.ValueKind != JsonValueKind.Null))
        {
            // The part that ends a stream may bring a last value, or null in place of one.
            run.Output.Json(result, indented: false);
        }
    }

    /// <summary>The answer, or its last part, is a failure.</summary>
    public int Failed(JsonElement json, CallResponse response, bool indented = true)
    {
        NotFound = response.Code == FunctionHint.NotFound;
        run.Errors.Sentence($"{response.Code ?? "failed"}: {response.Error ?? "The gateway gives no reason."}");
        if (run.Json)
        {
            run.Output.Json(json, indented);
            return ExitCode.Failed;
        }

        if (json.TryGetProperty("details", out var details) && details.ValueKind != JsonValueKind.Null)
        {
            run.Errors.TableOrJson(details);
        }

        var again = response switch
        {
            { RetryAfterMs: not null } => $"; the call may succeed after {json.ShowMilliseconds("retry_after_ms")}",
            { CanRetry: true } => "; the same call may succeed when sent again",
            _ => "",
        };
        run.Errors.Note($"request_id {response.RequestId}{again}");
        return ExitCode.Failed;
    }
}
