namespace GenApi.Gateway.Diagnostics.Tracing;

/// <summary>A client's connection to the hub.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Its verified user; null: none.</param>
/// <param name="Since">When it was opened, as a timestamp.</param>
internal sealed record ClientConnection(string Id, string? UserId, long Since);
