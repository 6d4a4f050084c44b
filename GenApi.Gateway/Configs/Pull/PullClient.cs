using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.Configs.Pull;

/// <summary>Asks nodes for their configs, and believes them nothing: neither that they answer, nor how much, nor what.</summary>
internal sealed class PullClient(IOptionsMonitor<GenApiGatewayOptions> options) : IDisposable
{
    private const int ReadSize = 16 * 1024;

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,

        // The cluster token goes where the settings or the push said, and nowhere else.
        AllowAutoRedirect = false,
        MaxResponseHeadersLength = 16,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
    });

    /// <summary>Gets JSON from a node.</summary>
    /// <exception cref="PullException">The node is not there, refuses, or answers something else.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<T> GetAsync<T>(string node, string path, JsonTypeInfo<T> type, int maxBytes, CancellationToken cancellationToken)
        where T : class
    {
        var uri = new Uri($"{node.TrimEnd('/')}/{path.TrimStart('/')}");
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            if (options.CurrentValue.ClusterToken is { } token)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new PullException($"{uri} answered {(int)response.StatusCode} {response.StatusCode}{(response.StatusCode == HttpStatusCode.Unauthorized ? "; it must have the same cluster token as the gateway" : "")}");
            }

            var body = await ReadAsync(uri, response, maxBytes, cancellationToken).ConfigureAwait(false);
            return JsonSerializer.Deserialize(body.Span, type) ?? throw new PullException($"{uri} answered null");
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new PullException($"{uri} cannot be asked: {error.Message.TrimEnd('.')}");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The JSON reader says the latter when it has to read half of a surrogate pair.
            throw new PullException($"{uri} answered something else than was expected: {error.Message.TrimEnd('.')}");
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Uri uri, HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > maxBytes)
        {
            throw TooLarge();
        }

        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = stream.ConfigureAwait(false);
        using var body = new MemoryStream();
        var chunk = new byte[ReadSize];
        for (int read; (read = await stream.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            if (body.Length + read > maxBytes)
            {
                throw TooLarge();
            }

            body.Write(chunk, 0, read);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);

        PullException TooLarge() => new(string.Create(CultureInfo.InvariantCulture, $"{uri} answered more than {maxBytes} bytes"));
    }
}
