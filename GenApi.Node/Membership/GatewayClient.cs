using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GenApi.Protocol.Cluster;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;
using Microsoft.Extensions.Options;

namespace GenApi.Node.Membership;

/// <summary>What a node says to gateways over HTTP. Any gateway will do, so each request goes to the first that answers.</summary>
internal sealed class GatewayClient(IHttpClientFactory clients, GatewayAddresses gateways, IOptions<GenApiNodeOptions> options)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string ClientName = "genapi-gateway";

    private int _preferred;

    public Task<PushResult> PushAsync(PushConfig push, CancellationToken cancellationToken) =>
        PostAsync("cluster/push", push, ProtocolJson.Default.PushConfig, ProtocolJson.Default.PushResult, cancellationToken);

    public Task<LeaseResult> RenewAsync(LeaseRequest lease, CancellationToken cancellationToken) =>
        PostAsync("cluster/lease", lease, ProtocolJson.Default.LeaseRequest, ProtocolJson.Default.LeaseResult, cancellationToken);

    public Task<LeaseResult> DeregisterAsync(LeaseRequest lease, CancellationToken cancellationToken) =>
        PostAsync("cluster/deregister", lease, ProtocolJson.Default.LeaseRequest, ProtocolJson.Default.LeaseResult, cancellationToken);

    /// <exception cref="HttpRequestException">No gateway gave an answer that could be used; the message tells the last one's.</exception>
    private async Task<TAnswer> PostAsync<TBody, TAnswer>(
        string path,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TAnswer> answerType,
        CancellationToken cancellationToken)
    {
        var all = gateways.All();
        var first = Volatile.Read(ref _preferred);
        HttpRequestException? failure = null;
        for (var i = 0; i < all.Count; i++)
        {
            var index = (first + i) % all.Count;
            try
            {
                var answer = await PostAsync(new Uri(all[index], path), body, bodyType, answerType, cancellationToken).ConfigureAwait(false);
                Volatile.Write(ref _preferred, index);
                return answer;
            }
            catch (HttpRequestException error)
            {
                failure = error;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                failure = new HttpRequestException($"{all[index]} did not answer within {options.Value.RequestTimeout.TotalSeconds:0.#} s");
            }
        }

        throw failure!;
    }

    private async Task<TAnswer> PostAsync<TBody, TAnswer>(
        Uri uri,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TAnswer> answerType,
        CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.Value.RequestTimeout);
        using var request = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Content = JsonContent.Create(body, bodyType),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", options.Value.ClusterToken) },
        };
        using var client = clients.CreateClient(ClientName);
        using var response = await client.SendAsync(request, timeout.Token).ConfigureAwait(false);
        var text = await response.Content.ReadAsByteArrayAsync(timeout.Token).ConfigureAwait(false);
        try
        {
            // A refused push answers 4xx with a body that says why.
            if (JsonSerializer.Deserialize(text, answerType) is { } answer && (response.IsSuccessStatusCode || answer is PushResult { Status: PushResult.Error }))
            {
                return answer;
            }
        }
        catch (JsonException)
        {
            // Something else answers at this address; said below with its status.
        }

        throw new HttpRequestException($"{uri} answered {(int)response.StatusCode} {response.ReasonPhrase} {Excerpt(text)}".TrimEnd());
    }

    /// <summary>The start of an answer that nobody expected, fit for one line of a log.</summary>
    private static string Excerpt(byte[] answer)
    {
        var text = Encoding.UTF8.GetString(answer.AsSpan(0, Math.Min(answer.Length, 300)));
        return text.ReplaceLineEndings(" ").Trim();
    }
}
