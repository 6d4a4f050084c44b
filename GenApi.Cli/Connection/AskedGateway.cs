namespace GenApi.Cli.Connection;

/// <summary>The gateway of a cluster that is to answer, whichever of them is reached.</summary>
/// <param name="Name">Its id or instance id.</param>
/// <param name="Source">Where the name comes from, for error messages; null: from the cluster itself.</param>
internal sealed record AskedGateway(string Name, string? Source)
{
    private const string Option = "--gateway";
    private const string Variable = "GENAPI_GATEWAY";
    private const int MaxLength = 256;

    /// <summary>The one that the user names: by option, else environment; null: any will do.</summary>
    /// <param name="name">The value of --gateway; null: not given.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="CliException">The name is empty or too long.</exception>
    public static AskedGateway? Find(string? name, Func<string, string?> variable)
    {
        if (name is null)
        {
            return variable(Variable) is { } value && !string.IsNullOrWhiteSpace(value) ? Check(value.Trim(), Variable, ExitCode.Failed) : null;
        }

        return Check(name.Trim(), Option, ExitCode.Usage);
    }

    private static AskedGateway Check(string name, string source, int exitCode) => name.Length is > 0 and <= MaxLength
        ? new AskedGateway(name, source)
        : throw new CliException($"The gateway's name (from {source}) must have 1 to {MaxLength} characters; 'genapi cluster' lists the gateways.", exitCode);
}
