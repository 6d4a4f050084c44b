using System.Text.Json;
using GenApi.Cli.Connection;

namespace GenApi.Cli.Live;

/// <summary>What one gateway tells live.</summary>
/// <param name="Gateway">The gateway.</param>
/// <param name="Listen">
/// Begins to listen, or begins again. What comes ends where there is no more to come; where it breaks off, with a <see cref="CliException"/>.
/// </param>
internal sealed record LiveSource(GatewayClient Gateway, Func<CancellationToken, IAsyncEnumerable<JsonElement>> Listen);
