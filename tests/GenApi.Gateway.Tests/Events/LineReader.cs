using System.Net.Http.Headers;
using System.Text.Json;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests.Events;

/// <summary>Reads what the admin API tells live, line by line.</summary>
internal sealed class LineReader : IDisposable
{
    private readonly HttpClient _http;
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private LineReader(HttpClient http, HttpResponseMessage response, StreamReader reader) => (_http, _response, _reader) = (http, response, reader);

    public string? ContentType => _response.Content.Headers.ContentType?.MediaType;

    public static async Task<LineReader> OpenAsync(TestCluster cluster, string path)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = cluster.Gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestCluster.AdminToken);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Wait.Ended).WaitAsync(Wait.Patience, Wait.Ended);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode}");
        return new LineReader(http, response, new StreamReader(await response.Content.ReadAsStreamAsync(Wait.Ended)));
    }

    /// <summary>The next line; null: there are no more.</summary>
    public async Task<JsonElement?> NextAsync()
    {
        while (await _reader.ReadLineAsync(Wait.Ended).AsTask().WaitAsync(Wait.Patience, Wait.Ended) is { } line)
        {
            if (line.Length > 0)
            {
                return JsonDocument.Parse(line).RootElement;
            }
        }

        return null;
    }

    /// <summary>Reads on to the first line that fits.</summary>
    public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> fits)
    {
        while (await NextAsync() is { } line)
        {
            if (fits(line))
            {
                return line;
            }
        }

        throw new InvalidOperationException("The lines ended before the one that was waited for.");
    }

    /// <summary>All lines up to the end.</summary>
    public async Task<List<JsonElement>> RestAsync()
    {
        List<JsonElement> lines = [];
        while (await NextAsync() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
        _http.Dispose();
    }
}
