using System.Security.Cryptography;
using GenApi.Gateway.Configs;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace GenApi.Gateway.OpenApi;

/// <summary>
/// Answers with something that is worked out from a snapshot: once for each snapshot, however many ask, and not at all to
/// those who have it already.
/// </summary>
internal sealed class DescriptionCache(ConfigCatalog catalog, Func<ConfigSnapshot, Task<byte[]>> write)
{
    private readonly Lock _gate = new();
    private ConfigSnapshot? _snapshot;
    private Task<(byte[] Body, EntityTagHeaderValue Tag)>? _current;

    public async Task AnswerAsync(HttpContext http)
    {
        var (body, tag) = await CurrentAsync().WaitAsync(http.RequestAborted).ConfigureAwait(false);
        var headers = http.Response.GetTypedHeaders();
        headers.ETag = tag;
        headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        if (http.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false)))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(body, http.RequestAborted).ConfigureAwait(false);
        }
    }

    private Task<(byte[] Body, EntityTagHeaderValue Tag)> CurrentAsync()
    {
        lock (_gate)
        {
            // One is worked out at a time; whoever comes meanwhile gets that, though the configs may be newer already.
            if (_current is { IsCompleted: false })
            {
                return _current;
            }

            var snapshot = catalog.Current;
            if (_current is not { IsCompletedSuccessfully: true } || !ReferenceEquals(_snapshot, snapshot))
            {
                _snapshot = snapshot;
                _current = Task.Run(() => WriteAsync(snapshot));
            }

            return _current;
        }
    }

    private async Task<(byte[] Body, EntityTagHeaderValue Tag)> WriteAsync(ConfigSnapshot snapshot)
    {
        var body = await write(snapshot).ConfigureAwait(false);

        // By the content, so that all gateways of a cluster give the same.
        return (body, new EntityTagHeaderValue(new StringSegment($"\"{Convert.ToHexStringLower(SHA256.HashData(body))[..32]}\"")));
    }
}
