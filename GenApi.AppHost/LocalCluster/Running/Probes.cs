using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GenApi.AppHost.LocalCluster;

/// <summary>Asks a process whether it is ready.</summary>
internal interface IReadinessProbe
{
    /// <summary>Asks once.</summary>
    /// <returns>Null if it is ready, else what it answered or why it did not.</returns>
    Task<string?> AskAsync(CancellationToken cancellationToken);
}

/// <summary>A project is ready when its health check answers with a success status.</summary>
internal sealed class HttpProbe(HttpClient client, string url) : IReadinessProbe
{
    /// <inheritdoc />
    public async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(new Uri(url), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.IsSuccessStatusCode ? null : $"{url} answered {(int)response.StatusCode}";
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return $"{url} does not answer: {exception.Message}";
        }
    }
}

/// <summary>Redis is ready when it knows the password and answers a ping; while it still loads its data it answers otherwise.</summary>
internal sealed class RedisProbe(int port, string password) : IReadinessProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <inheritdoc />
    public async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        try
        {
            using var connection = new TcpClient(AddressFamily.InterNetwork);
            await connection.ConnectAsync(IPAddress.Loopback, port, timeout.Token);
            await using var stream = connection.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {password}\r\nPING\r\n"), timeout.Token);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            var login = await reader.ReadLineAsync(timeout.Token);
            var pong = login == "+OK" ? await reader.ReadLineAsync(timeout.Token) : login;
            return pong == "+PONG" ? null : $"PING was answered with '{pong}'";
        }
        catch (Exception exception) when (exception is SocketException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return $"port {port} does not answer: {exception.Message}";
        }
    }
}
