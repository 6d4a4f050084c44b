namespace GenApi.Cli.Connection;

/// <summary>Where the gateway is and how to administer it.</summary>
/// <param name="Urls">Base URLs that end with a slash, at least one; the later ones are tried when nothing listens at the earlier.</param>
/// <param name="UrlSource">Where the URLs come from, for error messages.</param>
/// <param name="AdminToken">The admin token; null: none is known.</param>
/// <param name="AdminTokenSource">Where the token comes from, for error messages.</param>
internal sealed record GatewayAddress(IReadOnlyList<Uri> Urls, string UrlSource, string? AdminToken, string AdminTokenSource)
{
    private const string UrlVariable = "GENAPI_URL";
    private const string AdminTokenVariable = "GENAPI_ADMIN_TOKEN";
    private const string UrlOption = "--url";
    private const string AdminTokenOption = "--admin-token";
    private const string RunningAppHost = "the running AppHost";

    /// <summary>Finds the gateway: by option, else environment, else the AppHost that runs on this machine.</summary>
    /// <param name="url">The value of --url; null: not given.</param>
    /// <param name="adminToken">The value of --admin-token; null: not given.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="CliException">There is none to be found, or what is given is no URL or token.</exception>
    public static GatewayAddress Find(string? url, string? adminToken, Func<string, string?> variable)
    {
        var (urlText, urlSource) = Given(url, UrlOption, UrlVariable, variable);
        var (tokenText, tokenSource) = Given(adminToken, AdminTokenOption, AdminTokenVariable, variable);
        var token = tokenText is null ? null : BearerToken.Check(tokenText, tokenSource);
        Uri? given = urlText is null ? null : ToBase(urlText, urlSource);
        if (given is not null && token is not null)
        {
            return new GatewayAddress([given], urlSource, token, tokenSource);
        }

        var (state, problem) = AppHostState.Read(variable);
        IReadOnlyList<Uri> running = state is null ? [] : [.. state.Gateways!.Select(gateway => ToBase(gateway, RunningAppHost))];
        var stateToken = state?.AdminToken is { Length: > 0 } known ? BearerToken.Check(known, RunningAppHost) : null;
        if (given is not null)
        {
            // The AppHost's token is for its own gateways; another one must not get to see it.
            return new GatewayAddress([given], urlSource, running.Contains(given) ? stateToken : null, RunningAppHost);
        }

        return running.Count == 0
            ? throw new CliException(
                "No gateway is known: start the cluster with 'dotnet run --project GenApi.AppHost', give --url, or set GENAPI_URL."
                + (problem is null ? "" : $" ({problem})"))
            : new GatewayAddress(running, RunningAppHost, token ?? stateToken, token is null ? RunningAppHost : tokenSource);
    }

    private static (string? Value, string Source) Given(string? option, string optionName, string variableName, Func<string, string?> variable) =>
        option is not null ? (option, optionName)
        : variable(variableName) is { } value && !string.IsNullOrWhiteSpace(value) ? (value.Trim(), variableName)
        : (null, "");

    private static Uri ToBase(string url, string source) =>
        Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var parsed)
            && (parsed.Scheme == Uri.UriSchemeHttp || parsed.Scheme == Uri.UriSchemeHttps)
            && parsed is { Query: "", Fragment: "", UserInfo: "" }
            ? parsed
            : throw new CliException(
                $"The gateway's URL '{url}' (from {source}) must be like http://localhost:5080: http or https, a host, and no query.",
                source == UrlOption ? ExitCode.Usage : ExitCode.Failed);
}
