using System.Text.Json;

namespace GenApi.Protocol.Json;

/// <summary>A converter's own word about JSON that does not fit, written for people; the serializer's are not.</summary>
/// <param name="message">What must stand there, as the end of a sentence that begins with the member.</param>
internal sealed class JsonShapeException(string message) : JsonException(message);
