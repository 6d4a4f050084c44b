using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Flags = Microsoft.AspNetCore.HttpOverrides.ForwardedHeaders;

namespace GenApi.ServiceDefaults.ForwardedHeaders;

/// <summary>Says everything that is wrong in the section, each with the key and what to write instead.</summary>
internal sealed class ForwardedHeadersValidator(IConfiguration configuration) : IValidateOptions<ForwardedHeadersSettings>
{
    private const string Section = ForwardedHeadersSettings.SectionName;
    private const int MaxForwardLimit = 32;

    private static readonly string[] Lists =
    [
        nameof(ForwardedHeadersSettings.KnownProxies),
        nameof(ForwardedHeadersSettings.KnownNetworks),
        nameof(ForwardedHeadersSettings.Headers),
    ];

    private static readonly string[] Keys = [.. Lists, nameof(ForwardedHeadersSettings.ForwardLimit)];

    public ValidateOptionsResult Validate(string? name, ForwardedHeadersSettings options)
    {
        if (!configuration.HasForwardedHeaders())
        {
            return ValidateOptionsResult.Skip;
        }

        List<string> problems = [.. ProblemsOfShape(configuration.GetSection(Section)), .. ProblemsOfValues(options)];
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    /// <summary>What binding passes over in silence: unknown keys, and a single value where a list belongs.</summary>
    private static IEnumerable<string> ProblemsOfShape(IConfigurationSection section)
    {
        foreach (var child in section.GetChildren())
        {
            if (!Keys.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                yield return $"{Section}:{child.Key} is not a setting. Use {string.Join(", ", Keys)}.";
            }
            else if (!string.IsNullOrEmpty(child.Value) && Lists.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                yield return $"{Section}:{child.Key} is a list, but has the single value \"{child.Value}\". In JSON write [\"…\"], in the environment {Section}__{child.Key}__0=….";
            }
        }
    }

    private static IEnumerable<string> ProblemsOfValues(ForwardedHeadersSettings options)
    {
        foreach (var proxy in options.KnownProxies.Where(static proxy => !IPAddress.TryParse(proxy, out _)))
        {
            yield return $"{Section}:KnownProxies has \"{proxy}\", which is not an IP address. Write one such as 10.0.0.7; for a whole network use KnownNetworks.";
        }

        foreach (var network in options.KnownNetworks.Where(static network => !IPNetwork.TryParse(network, out _)))
        {
            yield return $"{Section}:KnownNetworks has \"{network}\", which is not a network. Write its first address and its prefix, such as 10.0.0.0/8.";
        }

        foreach (var header in options.Headers.Where(static header => ForwardedHeaderNames.Find(header) == Flags.None))
        {
            yield return $"{Section}:Headers has \"{header}\", which is not a header that can be read. Use {ForwardedHeaderNames.All}.";
        }

        if (options.ForwardLimit is < 1 or > MaxForwardLimit)
        {
            yield return $"{Section}:ForwardLimit is {options.ForwardLimit}. Write the number of proxies in front of this service, 1 to {MaxForwardLimit}.";
        }

        if (options.KnownProxies.Count == 0 && options.KnownNetworks.Count == 0)
        {
            yield return $"{Section} names no proxy. List the proxies in KnownProxies or KnownNetworks, or remove the section to ignore forwarded headers.";
        }
    }
}
