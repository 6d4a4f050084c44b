using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using GenApi.Cli.Connection;

namespace GenApi.Cli.Calls;

/// <summary>One call as it goes over HTTP.</summary>
internal sealed class CallPlan
{
    /// <summary>The gateway takes no longer names and ids.</summary>
    private const int MaxTextBytes = 256;

    private readonly string _path;
    private readonly string? _requestId;
    private readonly byte[] _args;

    private CallPlan(string name, string path, string? requestId, bool stream, byte[] args)
    {
        Name = name;
        _path = path;
        _requestId = requestId;
        _args = args;
        Stream = stream;
    }

    /// <summary>The function, as people write it.</summary>
    public string Name { get; }

    /// <summary>Whether a stream is asked for.</summary>
    public bool Stream { get; }

    /// <summary>Checks what goes into path and headers.</summary>
    /// <exception cref="CliException">A name or id cannot be sent.</exception>
    public static CallPlan Make(string service, string requestType, string? version, string? requestId, bool stream, byte[] args)
    {
        Check("SERVICE", service, inPath: true);
        Check("TYPE", requestType, inPath: true);
        Check("--version", version, inPath: false);
        Check("--request-id", requestId, inPath: false);
        if (requestId is not null && !requestId.All(character => character is > ' ' and < '\u007f'))
        {
            throw new CliException("--request-id must be visible ASCII characters without spaces: it travels in a header.", ExitCode.Usage);
        }

        var query = version is null ? "" : $"?version={Uri.EscapeDataString(version)}";
        return new CallPlan($"{service}/{requestType}", $"api/{Uri.EscapeDataString(service)}/{Uri.EscapeDataString(requestType)}{query}", requestId, stream, args);
    }

    public HttpRequestMessage ToRequest(string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _path) { Content = GatewayClient.JsonBody(_args) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(Stream ? MediaTypeNames.Text.EventStream : MediaTypeNames.Application.Json));
        if (Stream)
        {
            // A function that does not stream answers JSON all the same.
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaTypeNames.Application.Json, 0.5));
        }

        request.Headers.ExpectContinue = GatewayClient.AsksFirst(_args.Length);
        if (_requestId is not null)
        {
            request.Headers.Add("X-Request-Id", _requestId);
        }

        return request;
    }

    private static void Check(string what, string? value, bool inPath)
    {
        if (value is null)
        {
            return;
        }

        if (value.Length == 0 || Encoding.UTF8.GetByteCount(value) > MaxTextBytes)
        {
            throw new CliException($"{what} must have 1 to {MaxTextBytes} bytes.", ExitCode.Usage);
        }

        // A dot or two alone would be taken for a step in the path.
        if (inPath && value is "." or "..")
        {
            throw new CliException($"{what} must be a name, not '{value}'.", ExitCode.Usage);
        }
    }
}
