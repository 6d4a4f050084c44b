using System.Globalization;
using GenApi.Node.Routes;

namespace GenApi.SampleService;

/// <summary>The route set <c>plain</c>: ordinary HTTP, reached through the gateway at <c>/svc/sample/files/{name}</c>.</summary>
internal static class PlainRoutes
{
    private const int Lines = 10_000;

    public static void MapPlain(this IEndpointRouteBuilder endpoints)
    {
        var plain = endpoints.MapGroup("/files").WithTags("plain");
        plain.MapGet("/{name}", GetFile).WithGatewayRoute(route => route.RequireAuthenticated());
    }

    private static IResult GetFile(string name, GatewayCaller caller) => name switch
    {
        "hello.txt" => Results.Text($"Hello, {caller.UserId ?? "stranger"}.\n"),
        "numbers.csv" => Results.Stream(WriteNumbersAsync, "text/csv", name),
        _ => Results.Problem($"There is no file '{name}'; try hello.txt or numbers.csv.", statusCode: StatusCodes.Status404NotFound),
    };

    /// <summary>Written as it is sent; neither the node nor the gateway holds the whole file.</summary>
    private static async Task WriteNumbersAsync(Stream file)
    {
        await using var writer = new StreamWriter(file);
        await writer.WriteLineAsync("number,square");
        for (var n = 1L; n <= Lines; n++)
        {
            await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{n},{n * n}"));
        }
    }
}
