using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>Tells people why a service cannot start, where the cause is theirs to mend: a setting, or a taken port.</summary>
public static class StartFailure
{
    /// <summary>Writes the reasons to the standard error, a sentence each.</summary>
    /// <param name="error">What ended the program.</param>
    /// <returns>False, with nothing written, when the error is of another kind and deserves its stack trace.</returns>
    public static bool Explain(Exception error)
    {
        if (ReasonsOf(error) is not { Count: > 0 } reasons)
        {
            return false;
        }

        Console.Error.WriteLine("The service cannot start:");
        foreach (var reason in reasons)
        {
            Console.Error.WriteLine($"  {reason}");
        }

        return true;
    }

    private static IReadOnlyList<string> ReasonsOf(Exception error) => error switch
    {
        OptionsValidationException wrong => [.. wrong.Failures],
        AggregateException several when several.InnerExceptions.All(inner => ReasonsOf(inner).Count > 0) => [.. several.InnerExceptions.SelectMany(ReasonsOf)],
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } unreadable => [unreadable.Message],
        IOException { InnerException: AddressInUseException } taken =>
            [$"{taken.Message} Stop the program that has the port, or choose another with ASPNETCORE_URLS."],
        _ => [],
    };
}
