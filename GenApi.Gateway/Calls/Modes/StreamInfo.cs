namespace GenApi.Gateway.Calls.Modes;

/// <summary>A stream under way.</summary>
/// <param name="RequestId">Its request id.</param>
/// <param name="Service">The service.</param>
/// <param name="RequestType">The function.</param>
/// <param name="UserId">The user; null: not verified.</param>
/// <param name="Node">The node that produces it; null: none yet.</param>
/// <param name="AgeMs">Milliseconds since its call came in.</param>
/// <param name="Chunks">The chunks that went to the client so far.</param>
public sealed record StreamInfo(string RequestId, string Service, string RequestType, string? UserId, string? Node, long AgeMs, long Chunks);
