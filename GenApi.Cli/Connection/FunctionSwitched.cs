namespace GenApi.Cli.Connection;

/// <summary>What a switch of a function did, for <c>--json</c>: the gateway itself answers it with an empty body.</summary>
internal sealed record FunctionSwitched(string Service, string RequestType, string? Version, string State);
