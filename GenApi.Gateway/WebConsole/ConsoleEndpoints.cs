using Microsoft.Extensions.Options;

namespace GenApi.Gateway.WebConsole;

/// <summary>
/// <c>GET /console/</c>: the web console, a site of a few static files. It is a client of the admin API like the <c>genapi</c> tool: it asks
/// for the admin token and sends it along, so the pages themselves are for everyone.
/// </summary>
internal static class ConsoleEndpoints
{
    /// <summary>Where the console is. The last slash matters: the paths within its files are relative.</summary>
    public const string Path = "/console/";

    private const string StartPage = "index.html";

    /// <summary>
    /// Only the site's own files are loaded and only its own gateway is asked; no page of others may show it in a frame. Should a text that
    /// came from outside ever get into a page as markup, it could neither run nor send anything anywhere.
    /// </summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapConsole(this IEndpointRouteBuilder endpoints)
    {
        if (!endpoints.ServiceProvider.GetRequiredService<IOptions<GenApiGatewayOptions>>().Value.Console.Enabled)
        {
            return;
        }

        foreach (var file in ConsoleFile.ReadAll())
        {
            Map(Path + file.Path, file);
            if (file.Path == StartPage)
            {
                Map(Path, file);
            }
        }

        void Map(string path, ConsoleFile file) => endpoints.MapMethods(path, Methods, (HttpContext http) =>
        {
            if (path == Path && http.Request.Path.Value is not [.., '/'])
            {
                // Relative, so that it holds behind a proxy that takes a part of the path away.
                return Results.Redirect("console/");
            }

            var headers = http.Response.Headers;
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers.CacheControl = "no-cache";
            return Results.Bytes(file.Body, file.ContentType, entityTag: file.Tag);
        }).ExcludeFromDescription();
    }
}
