using System.Text.Json;
using GenApi.Protocol.Configs;
using Microsoft.AspNetCore.Builder;

namespace GenApi.Gateway.Tests.RateLimits;

/// <summary>Functions in the gateway itself, so that the tests of limits need no node.</summary>
internal static class LimitedFunctions
{
    public static void Add(WebApplicationBuilder builder) => builder.AddLocalFunctions("limited", functions =>
    {
        functions.Map("echo", (string text) => text);
        functions.Map("any", (JsonElement? text = null, JsonElement? more = null, JsonElement? tenant = null) => true);
        functions.Map("count", Count);
        functions.Map("log", () => { }).Configure(config => config with { ResponseType = ResponseType.None });
        functions.Map("admin", () => true).RequireRole("admin");
    });

    private static async IAsyncEnumerable<int> Count()
    {
        for (var number = 1; number <= 3; number++)
        {
            await Task.Yield();
            yield return number;
        }
    }
}
