namespace GenApi.Gateway.Diagnostics.Tracing;

/// <summary>Names as they are compared to find secrets: <c>API-Key</c>, <c>api_key</c> and <c>apiKey</c> are one.</summary>
internal static class SecretName
{
    public static string Normalised(string name) =>
        string.Concat(name.Where(letter => letter is not ('_' or '-' or '.' or ' ')).Select(char.ToLowerInvariant));
}
