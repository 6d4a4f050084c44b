namespace GenApi.Cli.Connection;

/// <summary>What <c>genapi streams stop</c> prints with --json.</summary>
internal sealed record StreamStopped(string RequestId, bool Stopped);
