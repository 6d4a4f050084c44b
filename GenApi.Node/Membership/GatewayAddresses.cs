using GenApi.Protocol.Configs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace GenApi.Node.Membership;

/// <summary>Where the gateways are: as set, or as service discovery's configuration says.</summary>
internal sealed class GatewayAddresses(IConfiguration configuration, IOptions<GenApiNodeOptions> options)
{
    private static readonly string[] Schemes = ["https", "http"];

    /// <summary>The base addresses of all known gateways, at least one.</summary>
    /// <exception cref="OptionsValidationException">None is known.</exception>
    public IReadOnlyList<Uri> All()
    {
        IEnumerable<string> addresses = options.Value.Gateways.Count > 0
            ? options.Value.Gateways
            : Schemes.SelectMany(scheme => configuration.GetSection($"services:gateway:{scheme}").GetChildren())
                .Select(child => child.Value)
                .OfType<string>();
        string[] known = [.. addresses.Where(address => address.Length > 0)];
        if (known.FirstOrDefault(address => !FunConfigValidator.IsAddress(address)) is { } wrong)
        {
            throw new OptionsValidationException(
                nameof(GenApiNodeOptions.Gateways),
                typeof(GenApiNodeOptions),
                [$"The gateway's address '{wrong}' must be an http or https address such as http://localhost:5080."]);
        }

        return known.Length > 0
            ? [.. known.Select(address => new Uri(address))]
            : throw new OptionsValidationException(
                nameof(GenApiNodeOptions.Gateways),
                typeof(GenApiNodeOptions),
                ["No gateway is known. Set the environment variable services__gateway__http__0 or GenApi__Node__Gateways__0 to its address, such as http://localhost:5080."]);
    }
}
