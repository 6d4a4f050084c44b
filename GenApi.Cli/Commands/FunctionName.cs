namespace GenApi.Cli.Commands;

/// <summary>A function as somebody typed it.</summary>
/// <param name="Service">The service.</param>
/// <param name="RequestType">The function.</param>
/// <param name="Version">Its version; null: none was typed.</param>
internal sealed record FunctionName(string Service, string RequestType, string? Version);
