using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GenApi.ServiceDefaults.ForwardedHeaders;

internal static class ForwardedHeadersSetup
{
    public static void AddForwardedHeadersFromConfiguration(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<ForwardedHeadersSettings>, ForwardedHeadersValidator>();
        services.AddOptions<ForwardedHeadersSettings>().BindConfiguration(ForwardedHeadersSettings.SectionName).ValidateOnStart();

        services.AddOptions<ForwardedHeadersOptions>().Configure<IConfiguration, IOptions<ForwardedHeadersSettings>>(static (options, configuration, settings) =>
        {
            if (configuration.HasForwardedHeaders())
            {
                Apply(settings.Value, options);
            }
        });

        services.AddTransient<IStartupFilter, FirstInPipeline>();
    }

    public static bool HasForwardedHeaders(this IConfiguration configuration) =>
        configuration.GetSection(ForwardedHeadersSettings.SectionName).Exists();

    private static void Apply(ForwardedHeadersSettings settings, ForwardedHeadersOptions options)
    {
        options.ForwardedHeaders = ForwardedHeaderNames.Parse(settings.Headers);
        options.ForwardLimit = settings.ForwardLimit;

        // The framework's default believes loopback; here exactly what is listed is believed.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();

        foreach (var proxy in settings.KnownProxies)
        {
            options.KnownProxies.Add(System.Net.IPAddress.Parse(proxy));
        }

        foreach (var network in settings.KnownNetworks)
        {
            options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
        }
    }

    /// <summary>Puts the middleware before all others, since each of them may look at the client's address.</summary>
    private sealed class FirstInPipeline(IConfiguration configuration) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            if (configuration.HasForwardedHeaders())
            {
                app.UseForwardedHeaders();
            }

            next(app);
        };
    }
}
