using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Entry;

/// <summary>The size limit that both doors share.</summary>
internal static class CallLimits
{
    /// <summary>The error for a payload of that size, or null when it is small enough.</summary>
    public static CallError? TooLarge(long bytes, GenApiGatewayOptions options) => bytes > options.MaxPayloadBytes
        ? new CallError(ErrorCode.PayloadTooLarge, $"The payload is larger than {options.MaxPayloadBytes} bytes.")
        : null;
}
