using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GenApi.Cli.Calls;
using GenApi.Protocol.Cluster;

namespace GenApi.Cli.Connection;

/// <summary>
/// The one way to the gateway. Every failure comes out as a <see cref="CliException"/> with a sentence. Behind a load balancer each request may reach another
/// gateway; the first that answers for the admin API is asked for from then on, so that a command sees one gateway and not bits of several.
/// </summary>
internal sealed class GatewayClient : IDisposable
{
    /// <summary>The largest answer, and the largest event of a stream, in bytes.</summary>
    public const int MaxAnswerBytes = 64 * 1024 * 1024;

    /// <summary>Requests larger than this ask first, so that a refusal arrives in place of a broken connection.</summary>
    private const int AskFirstBytes = 256 * 1024;

    private const string JsonLines = "application/x-ndjson";

    private const string UnknownGateway = "unknown_gateway";

    private readonly GatewayAddress _address;
    private readonly AskedGateway? _asked;
    private readonly Action<string, string>? _moved;
    private readonly HttpClient _http;
    private readonly bool _isOwner;
    private int _current;
    private string? _gone;

    /// <param name="address">Where it is.</param>
    /// <param name="asked">The gateway that is to answer; null: the first that does.</param>
    /// <param name="moved">Told which gateway is gone and which answers in its place; never where one was asked for.</param>
    public GatewayClient(GatewayAddress address, AskedGateway? asked = null, Action<string, string>? moved = null)
    {
        (_address, _asked, _moved, _isOwner) = (address, asked, moved, true);
        var handler = new SocketsHttpHandler
        {
            // A proxy from the environment must not come between this machine and itself.
            UseProxy = !address.Urls.All(url => url.IsLoopback),
            // Tokens go where the user said and nowhere else.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = ConnectTimeout,
            AutomaticDecompression = DecompressionMethods.None,
        };

        // The command's own deadline bounds every exchange, streams excepted.
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("genapi", typeof(GatewayClient).Assembly.GetName().Version?.ToString(3)));
    }

    private GatewayClient(GatewayClient other, string id)
    {
        (_address, _http, _current) = (other._address, other._http, other._current);
        (_asked, Answering) = (new AskedGateway(id, Source: null), id);
    }

    /// <summary>How long opening a connection may take.</summary>
    public static TimeSpan ConnectTimeout { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Where the gateway's URL comes from, for error messages.</summary>
    public string UrlSource => _address.UrlSource;

    /// <summary>The gateway that is talked to, with a slash at the end.</summary>
    public Uri Url => _address.Urls[_current];

    /// <summary>The id of the gateway that answered for the admin API last; null: none has, or it does not say.</summary>
    public string? Answering { get; private set; }

    /// <summary>The gateway, for sentences about it: by its id, or where it is.</summary>
    public string Name => Answering ?? $"at {GatewayFault.Show(Url)}";

    /// <summary>Another gateway of the same cluster, by the same way. It lasts as long as this one.</summary>
    public GatewayClient For(string id) => new(this, id);

    /// <summary>The gateway that answered last, and no other if it is gone. It lasts as long as this one.</summary>
    public GatewayClient ForAnswering() => _asked is null && Answering is { } id ? For(id) : this;

    public void Dispose()
    {
        if (_isOwner)
        {
            _http.Dispose();
        }
    }

    /// <summary>Asks the admin API.</summary>
    /// <param name="path">The path under <c>admin/</c>, with its query.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CliException">There is no admin token, no answer, a refusal, or an answer that is not JSON.</exception>
    public Task<JsonElement> AdminGetAsync(string path, CancellationToken cancellationToken) =>
        AdminAsync(() => new HttpRequestMessage(HttpMethod.Get, $"admin/{path}"), cancellationToken);

    /// <summary>Has the admin API do something.</summary>
    /// <param name="path">The path under <c>admin/</c>, with its query.</param>
    /// <param name="body">What to send.</param>
    /// <param name="type">How it becomes JSON.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <inheritdoc cref="AdminGetAsync"/>
    public Task<JsonElement> AdminPostAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        AdminAsync(() => new HttpRequestMessage(HttpMethod.Post, $"admin/{path}") { Content = JsonBody(JsonSerializer.SerializeToUtf8Bytes(body, type)) }, cancellationToken);

    /// <summary>Has the admin API do something, and comes back with its answer, whichever that is.</summary>
    /// <param name="method">GET, POST, PUT or DELETE.</param>
    /// <param name="path">The path under <c>admin/</c>, with its query.</param>
    /// <param name="json">What to send; null: nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CliException">There is no admin token, or no answer.</exception>
    public Task<GatewayAnswer> AdminSendAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellationToken) => AdminAnswerAsync(
        () =>
        {
            var request = new HttpRequestMessage(method, $"admin/{path}") { Content = json is null ? null : JsonBody(json) };
            request.Headers.ExpectContinue = json is not null && AsksFirst(json.Length);
            return request;
        },
        cancellationToken);

    /// <summary>The JSON of a success.</summary>
    /// <exception cref="CliException">It is a refusal, or not JSON.</exception>
    public JsonElement JsonOf(GatewayAnswer answer)
    {
        CheckDone(answer);
        return answer.Json ?? throw GatewayFault.NotUnderstood(answer, UrlSource);
    }

    /// <summary>Goes on only after a success.</summary>
    /// <exception cref="CliException">It is a refusal.</exception>
    public void CheckDone(GatewayAnswer answer)
    {
        if (!answer.IsSuccess)
        {
            throw GatewayFault.Refused(answer, _address, _asked);
        }
    }

    /// <summary>Asks the admin API for what comes in lines, each of them JSON, for as long as it comes.</summary>
    /// <param name="path">The path under <c>admin/</c>, with its query.</param>
    /// <param name="what">What comes, for error messages, such as "events".</param>
    /// <param name="begun">Told once the gateway listens; null: nobody is.</param>
    /// <param name="cancellationToken">Has had enough.</param>
    /// <exception cref="CliException">There is no admin token, no answer, a refusal, a line that is not JSON, or the connection breaks.</exception>
    public async IAsyncEnumerable<JsonElement> AdminLinesAsync(string path, string what, Action? begun, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await SendAdminAsync(() => new HttpRequestMessage(HttpMethod.Get, $"admin/{path}"), cancellationToken);
        if (response is not { IsSuccessStatusCode: true, Content.Headers.ContentType.MediaType: JsonLines })
        {
            var answer = await ReadAsync(response, cancellationToken);
            throw answer.IsSuccess ? GatewayFault.NotUnderstood(answer, UrlSource) : GatewayFault.Refused(answer, _address, _asked);
        }

        begun?.Invoke();
        await using var body = new EventSizeLimit(await response.Content.ReadAsStreamAsync(cancellationToken), MaxAnswerBytes);
        using var reader = new StreamReader(body);
        while (true)
        {
            string? line;
            try
            {
                line = await reader.ReadLineAsync(cancellationToken);
            }
            catch (Exception error) when (IsFault(error, cancellationToken))
            {
                throw new CliException($"The connection to {GatewayFault.Show(Url)} (from {UrlSource}) broke; there may be more {what}: {error.Message}");
            }

            if (line is null)
            {
                yield break;
            }

            body.StartEvent();

            // An empty line only shows that the gateway is still there.
            if (line.Length > 0)
            {
                yield return Parse(line, what);
            }
        }
    }

    /// <summary>Sends a request and returns as soon as its answer begins.</summary>
    /// <param name="make">Makes the request, its URL relative to the gateway; asked again for the next gateway when nothing listens at one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CliException">There is no answer.</exception>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var request = make();
            request.RequestUri = new Uri(Url, request.RequestUri!);
            try
            {
                return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            }
            catch (Exception error) when (IsFault(error, cancellationToken))
            {
                // Nothing was sent yet, so another gateway of the cluster can be asked without asking twice.
                if (error is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } && _current < _address.Urls.Count - 1)
                {
                    _current++;
                    continue;
                }

                throw GatewayFault.Unreachable(Url, UrlSource, error);
            }
        }
    }

    /// <summary>Reads the whole answer.</summary>
    /// <param name="response">The answer as it began.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CliException">It breaks off, is larger than <see cref="MaxAnswerBytes"/>, or leads elsewhere.</exception>
    public async Task<GatewayAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var url = response.RequestMessage!.RequestUri!;
        if ((int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } elsewhere)
        {
            throw new CliException($"{GatewayFault.Show(url)} (from {UrlSource}) sends on to {new Uri(url, elsewhere)}; give the gateway's own URL.");
        }

        byte[] body;
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
            body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        }
        catch (Exception error) when (IsFault(error, cancellationToken))
        {
            throw GatewayFault.Unreachable(Url, UrlSource, error);
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            return new GatewayAnswer(response.StatusCode, url, document.RootElement.Clone());
        }
        catch (JsonException)
        {
            return new GatewayAnswer(response.StatusCode, url, Json: null);
        }
    }

    /// <summary>The fault of an exchange under way, as a sentence.</summary>
    public CliException Broken(Exception error) => GatewayFault.Unreachable(Url, UrlSource, error);

    /// <summary>Whether the exchange failed, rather than being given up here.</summary>
    public static bool IsFault(Exception error, CancellationToken cancellationToken) =>
        error is HttpRequestException or IOException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>A body of JSON bytes.</summary>
    public static ByteArrayContent JsonBody(byte[] json) => new(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    /// <summary>Whether to ask the gateway before sending a body of that size.</summary>
    public static bool AsksFirst(int bytes) => bytes > AskFirstBytes;

    private JsonElement Parse(string line, string what)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new CliException($"{GatewayFault.Show(Url)} (from {UrlSource}) sends {what} that are no JSON; check the URL.");
        }
    }

    private async Task<JsonElement> AdminAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken) =>
        JsonOf(await AdminAnswerAsync(make, cancellationToken));

    private async Task<GatewayAnswer> AdminAnswerAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        using var response = await SendAdminAsync(make, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAdminAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        if (_address.AdminToken is not { } token)
        {
            throw new CliException(
                $"No admin token is known for {GatewayFault.Show(Url)} (from {UrlSource}): give --admin-token or set GENAPI_ADMIN_TOKEN.");
        }

        var asked = _asked?.Name ?? Answering;
        var response = await SendAdminAsync(make, token, asked, cancellationToken);
        if (_asked is null && asked is not null && await IsOfUnknownGatewayAsync(response, cancellationToken))
        {
            // Nobody has seen to the request, so another gateway can.
            response.Dispose();
            (_gone, Answering) = (asked, null);
            response = await SendAdminAsync(make, token, asked: null, cancellationToken);
        }

        if (response.Headers.TryGetValues(GatewayHeaders.Gateway, out var values) && values.FirstOrDefault() is { Length: > 0 } id)
        {
            Answering = id;
            if (_gone is { } gone)
            {
                _gone = null;
                _moved?.Invoke(gone, id);
            }
        }

        return response;
    }

    private Task<HttpResponseMessage> SendAdminAsync(Func<HttpRequestMessage> make, string token, string? asked, CancellationToken cancellationToken) => SendAsync(
        () =>
        {
            var request = make();
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (asked is not null)
            {
                request.Headers.TryAddWithoutValidation(GatewayHeaders.Gateway, GatewayHeaders.Encode(asked));
            }

            return request;
        },
        cancellationToken);

    private async Task<bool> IsOfUnknownGatewayAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        response.StatusCode == HttpStatusCode.NotFound && (await ReadAsync(response, cancellationToken)).Text("code") == UnknownGateway;
}
