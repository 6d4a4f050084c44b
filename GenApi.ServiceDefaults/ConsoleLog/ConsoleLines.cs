using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Console;

namespace GenApi.ServiceDefaults.ConsoleLog;

/// <summary>Makes the simple console formatter write one line per entry, so that lines of several services can be told apart by a prefix.</summary>
internal static class ConsoleLines
{
    private const string FormatterOptions = "Logging:Console:FormatterOptions";

    public static void AddConsoleLines(this IServiceCollection services)
    {
        // While no formatter is named, the console logger overwrites the formatter's options with obsolete ones of its own.
        services.AddOptions<ConsoleLoggerOptions>().Configure(static options => options.FormatterName ??= ConsoleFormatterNames.Simple);

        services.AddOptions<SimpleConsoleFormatterOptions>().Configure<IConfiguration>(static (options, configuration) =>
        {
            // Only what configuration leaves open: this runs after configuration has been bound.
            var configured = configuration.GetSection(FormatterOptions);
            if (configured[nameof(options.SingleLine)] is null)
            {
                options.SingleLine = true;
            }

            if (configured[nameof(options.TimestampFormat)] is null)
            {
                options.TimestampFormat = "HH:mm:ss.fff'Z' ";
                options.UseUtcTimestamp = true;
            }
        });
    }
}
