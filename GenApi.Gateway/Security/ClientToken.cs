namespace GenApi.Gateway.Security;

/// <summary>For whom a client token is made.</summary>
/// <param name="UserId">The user the token speaks for, 1 to 256 characters.</param>
/// <param name="Roles">The user's roles, at most 64 of 1 to 128 characters; null: none.</param>
/// <param name="DeviceId">The device the token is bound to, 1 to 256 characters; null: none.</param>
/// <param name="ExpiresIn">Seconds until the token expires, 1 to 31536000; null: the gateway's setting.</param>
public sealed record TokenRequest(string? UserId, IReadOnlyList<string>? Roles = null, string? DeviceId = null, long? ExpiresIn = null);

/// <summary>By what a client proves who it is.</summary>
/// <param name="AccessToken">The token.</param>
/// <param name="TokenType">How it is sent: <c>Bearer</c>, in the header <c>Authorization</c>.</param>
/// <param name="ExpiresIn">Seconds until it expires.</param>
public sealed record ClientToken(string AccessToken, string TokenType, long ExpiresIn);
