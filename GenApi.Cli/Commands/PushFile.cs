using System.Text.Json;
using GenApi.Protocol.Json;

namespace GenApi.Cli.Commands;

/// <summary>A push config in a file.</summary>
internal static class PushFile
{
    /// <summary>No gateway takes more.</summary>
    private const int MaxBytes = 16 * 1024 * 1024;

    private const int ChunkSize = 64 * 1024;

    /// <summary>Reads it and checks that it is a JSON object, so that a slip is named before anything is sent.</summary>
    /// <param name="path">The file; <c>-</c> for stdin.</param>
    /// <param name="input">stdin.</param>
    /// <param name="cancellationToken">Gives up reading.</param>
    /// <exception cref="CliException">It cannot be read, or is no JSON object.</exception>
    public static async Task<(byte[] Bytes, JsonElement Push)> ReadAsync(string path, Stream input, CancellationToken cancellationToken)
    {
        var name = path == "-" ? "What came on stdin" : path;
        byte[] bytes;
        try
        {
            if (path == "-")
            {
                // Reading a terminal cannot be cancelled, waiting for it can.
                bytes = await ReadAllAsync(input, name, cancellationToken).WaitAsync(cancellationToken);
            }
            else
            {
                await using var file = File.OpenRead(path);
                bytes = await ReadAllAsync(file, name, cancellationToken);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CliException($"The push config cannot be read: {error.Message}");
        }

        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? (bytes, document.RootElement.Clone())
                : throw new CliException($$"""{{name}} must be a push config: a JSON object such as {"service":"orders","config_version":"1","fun_configs":[…]}.""");
        }
        catch (JsonException error)
        {
            throw new CliException($"{name} is not valid JSON: {JsonFault.Say(error)}");
        }
    }

    private static async Task<byte[]> ReadAllAsync(Stream source, string name, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var chunk = new byte[ChunkSize];
        for (int read; (read = await source.ReadAsync(chunk, cancellationToken)) > 0;)
        {
            if (content.Length + read > MaxBytes)
            {
                throw new CliException($"{name} is larger than {MaxBytes / (1024 * 1024)} MiB, the most that a gateway takes.");
            }

            content.Write(chunk, 0, read);
        }

        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        var bytes = content.ToArray();
        return bytes.AsSpan().StartsWith(byteOrderMark) ? bytes[byteOrderMark.Length..] : bytes;
    }
}
