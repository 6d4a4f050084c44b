namespace GenApi.Cli.Connection;

/// <summary>The body of <c>POST /admin/tokens</c>.</summary>
/// <param name="UserId">The user the token speaks for.</param>
/// <param name="Roles">The user's roles.</param>
/// <param name="DeviceId">The device the token is bound to; null: none.</param>
/// <param name="ExpiresIn">Seconds until it expires; null: the gateway's setting.</param>
internal sealed record TokenRequest(string UserId, IReadOnlyList<string> Roles, string? DeviceId, long? ExpiresIn);
