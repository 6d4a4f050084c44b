using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Net.Http.Headers;

namespace GenApi.ServiceDefaults.Health;

/// <summary>
/// Writes a health report as one word, with a line for each check that is not well, or as JSON for who asks for it. Exceptions and data of
/// checks stay inside: anyone may read this.
/// </summary>
internal static class HealthReportWriter
{
    private const string Json = "application/json";

    public static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);

        if (!AcceptsJson(context.Request))
        {
            context.Response.ContentType = "text/plain; charset=utf-8";
            return context.Response.WriteAsync(string.Join('\n', [report.Status.ToString(), .. report.Entries.Where(IsUnwell).Select(Line)]), context.RequestAborted);
        }

        var json = new HealthReportJson(
            report.Status.ToString(),
            [.. report.Entries.Select(static entry => new HealthCheckJson(entry.Key, entry.Value.Status.ToString(), entry.Value.Description))]);

        return context.Response.WriteAsJsonAsync(json, HealthJsonContext.Default.HealthReportJson, contentType: null, context.RequestAborted);
    }

    private static bool IsUnwell(KeyValuePair<string, HealthReportEntry> entry) => entry.Value.Status != HealthStatus.Healthy;

    private static string Line(KeyValuePair<string, HealthReportEntry> entry) => $"{entry.Key}: {entry.Value.Description ?? entry.Value.Status.ToString()}";

    // A wildcard is not enough: curl and probes send */*, and get the word.
    private static bool AcceptsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && accepted.Any(static type => type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase) && type.Quality is not 0);
}
