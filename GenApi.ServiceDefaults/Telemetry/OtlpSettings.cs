using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace GenApi.ServiceDefaults.Telemetry;

/// <summary>
/// Whether telemetry leaves this process. The SDK reads the details itself, but it answers a value it cannot use with its default
/// and says so only in its own event log, so the values that decide where data goes are checked here.
/// </summary>
/// <param name="Enabled">An endpoint is set and <c>OTEL_SDK_DISABLED</c> is not <c>true</c>.</param>
internal readonly record struct OtlpSettings(bool Enabled)
{
    private const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ProtocolKey = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string DisabledKey = "OTEL_SDK_DISABLED";

    public static OtlpSettings Read(IConfiguration configuration)
    {
        var endpoint = configuration[EndpointKey];
        if (string.IsNullOrWhiteSpace(endpoint) || string.Equals(configuration[DisabledKey], "true", StringComparison.OrdinalIgnoreCase))
        {
            return new(Enabled: false);
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            throw Wrong(
                $"{EndpointKey} is \"{endpoint}\", which is not an http or https address. Give the collector's address, such as http://localhost:4317, or leave it unset to send no telemetry.");
        }

        var protocol = configuration[ProtocolKey];
        if (!string.IsNullOrWhiteSpace(protocol) && protocol.Trim() is not ("grpc" or "http/protobuf"))
        {
            throw Wrong(
                $"{ProtocolKey} is \"{protocol}\". Use grpc (the default) or http/protobuf.");
        }

        return new(Enabled: true);
    }

    private static OptionsValidationException Wrong(string reason) => new(nameof(OtlpSettings), typeof(OtlpSettings), [reason]);
}
