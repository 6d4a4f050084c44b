using System.Text;
using System.Text.Json;
using GenApi.Protocol.Json;

namespace GenApi.Cli.Calls;

/// <summary>The arguments of a call, from the command line, stdin or a file.</summary>
internal static class CallArguments
{
    /// <summary>No gateway takes more.</summary>
    private const int MaxBytes = 256 * 1024 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads the arguments and checks that they are a JSON object, so that a slip is named before anything is sent.</summary>
    /// <param name="text">JSON, <c>-</c> for stdin, <c>@</c> and a path for a file; null or empty: no arguments.</param>
    /// <param name="input">stdin.</param>
    /// <param name="cancellationToken">Gives up reading.</param>
    /// <exception cref="CliException">They cannot be read, or are no JSON object.</exception>
    public static async Task<byte[]> ReadAsync(string? text, Stream input, CancellationToken cancellationToken)
    {
        switch (text)
        {
            case null or "":
                return "{}"u8.ToArray();
            case "-":
                // Reading a terminal cannot be cancelled, waiting for it can.
                return Check(await ReadAllAsync(input, "stdin", cancellationToken).WaitAsync(cancellationToken), "on stdin", ExitCode.Failed);
            case ['@', .. var path]:
                return Check(await ReadFileAsync(path, cancellationToken), $"in {path}", ExitCode.Failed);
            default:
                return Check(Encoding.UTF8.GetBytes(text), "on the command line", ExitCode.Usage);
        }
    }

    private static async Task<byte[]> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            return await ReadAllAsync(file, path, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CliException($"The file with the arguments cannot be read: {error.Message}");
        }
    }

    private static async Task<byte[]> ReadAllAsync(Stream source, string name, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var chunk = new byte[64 * 1024];
        int read;
        while ((read = await source.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (content.Length + read > MaxBytes)
            {
                throw new CliException($"{name} is larger than {MaxBytes / (1024 * 1024)} MiB, the most that a gateway takes.");
            }

            content.Write(chunk, 0, read);
        }

        return content.ToArray();
    }

    private static byte[] Check(byte[] json, string where, int exitCode)
    {
        if (json.AsSpan().StartsWith(ByteOrderMark))
        {
            json = json[ByteOrderMark.Length..];
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new CliException($$"""The arguments {{where}} must be a JSON object, such as '{"message":"hello"}'.""", exitCode);
            }

            reader.Skip();
            reader.Read();
        }
        catch (JsonException error)
        {
            throw new CliException($"The arguments {where} are not valid JSON: {JsonFault.Say(error)}", exitCode);
        }

        return json;
    }
}
