namespace GenApi.Gateway.OpenApi;

/// <summary>How the gateway describes its functions at <c>/openapi/v1.json</c> and <c>/api/examples</c>.</summary>
public sealed class ApiDescriptionOptions
{
    /// <summary>
    /// Whether everybody may read the descriptions, which name every function and its arguments. Null, the default: only in the
    /// environment <c>Development</c>. Otherwise a client token or the admin token is needed.
    /// </summary>
    public bool? Public { get; set; }

    /// <summary>The title of the OpenAPI document. Default <c>GenApi</c>.</summary>
    public string Title { get; set; } = "GenApi";
}
