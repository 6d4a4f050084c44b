using System.Net;
using System.Net.Sockets;

namespace GenApi.Cli.Connection;

/// <summary>Says in a sentence why a gateway could not be asked or would not answer.</summary>
internal static class GatewayFault
{
    /// <summary>The exchange failed before there was an answer.</summary>
    public static CliException Unreachable(Uri url, string source, Exception error)
    {
        var place = $"{Show(url)} (from {source})";
        return new CliException(error switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError, InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
                $"Nothing listens at {place}. Is the cluster running?",
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => $"The host of {place} is not known; check its name.",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } secure =>
                $"No trusted TLS connection to {place}: {secure.InnerException?.Message ?? secure.Message}",
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
                $"The answer from {place} is larger than {GatewayClient.MaxAnswerBytes / (1024 * 1024)} MiB, the most that genapi takes.",
            OperationCanceledException => $"No connection to {place} within {GatewayClient.ConnectTimeout.TotalSeconds:0} s.",
            HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } or HttpRequestException { InnerException: IOException } or IOException =>
                $"The connection to {place} ended before the whole answer was there.",
            _ => $"The gateway at {place} could not be asked: {error.Message}",
        });
    }

    /// <summary>The admin API refused, or something other than the admin API answered.</summary>
    /// <param name="answer">What came.</param>
    /// <param name="address">Where from.</param>
    /// <param name="asked">The gateway that was asked for; null: any.</param>
    public static CliException Refused(GatewayAnswer answer, GatewayAddress address, AskedGateway? asked)
    {
        var said = answer.Text("error");
        return new CliException(answer.Status switch
        {
            HttpStatusCode.Unauthorized =>
                $"The gateway at {Show(answer.Url)} does not accept the admin token from {address.AdminTokenSource}; check --admin-token or GENAPI_ADMIN_TOKEN.",
            HttpStatusCode.Forbidden => $"The gateway refused: {said ?? "it answered 403 Forbidden and no reason."}",
            HttpStatusCode.NotFound when said is null =>
                $"There is no {answer.Url.AbsolutePath} at {Show(answer.Url)} (from {address.UrlSource}); is it the URL of a GenApi gateway, and as new as this tool?",
            _ when said is not null && answer.Text("code") is "unknown_gateway" or "ambiguous_gateway" or "gateway_unreachable" =>
                asked is { Source: { } source } ? $"{said} (The name is from {source}.)" : said,
            _ when said is not null => $"The gateway refused ({answer.Text("code") ?? Number(answer.Status)}): {said}",
            _ => NotGenApi(answer, address.UrlSource),
        }, gatewayCode: answer.Text("code"));
    }

    /// <summary>The answer is not one that a GenApi gateway gives.</summary>
    public static CliException NotUnderstood(GatewayAnswer answer, string source) => new(NotGenApi(answer, source));

    /// <summary>Scheme, host and port.</summary>
    public static string Show(Uri url) => url.GetLeftPart(UriPartial.Authority);

    private static string NotGenApi(GatewayAnswer answer, string source) =>
        $"{Show(answer.Url)} (from {source}) answered {Number(answer.Status)} to {answer.Url.AbsolutePath}, and not as a GenApi gateway does; check the URL.";

    private static string Number(HttpStatusCode status) => $"{(int)status} {status}";
}
