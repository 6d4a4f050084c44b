using System.Text.Json.Nodes;
using GenApi.Protocol.Calls;
using Microsoft.OpenApi;

namespace GenApi.Gateway.OpenApi;

/// <summary>The parts of the document that every operation refers to: the response object, the failures, the headers, the token.</summary>
internal sealed class SharedParts
{
    private const string Json = "application/json";
    private const string Bearer = "bearer";
    private const string Success = "Success";
    private const string Failure = "Failure";

    /// <summary>The failures of the contract, by their HTTP status.</summary>
    private static readonly IReadOnlyList<IGrouping<int, ErrorCode>> Failures = [.. ErrorCode.All.Append(ErrorCode.PayloadTooLarge).Distinct().GroupBy(code => code.HttpStatus).OrderBy(group => group.Key)];

    private readonly OpenApiDocument _document;

    public SharedParts(OpenApiDocument document)
    {
        _document = document;
        document.Components = new OpenApiComponents
        {
            SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = Bearer, Description = "A client token." },
            },
            Schemas = new Dictionary<string, IOpenApiSchema> { [Success] = SuccessSchema(), [Failure] = FailureSchema() },
            Responses = Failures.ToDictionary(group => NameOf(group.Key), group => (IOpenApiResponse)FailureResponse(group)),
            Parameters = new Dictionary<string, IOpenApiParameter>
            {
                ["RequestId"] = Header("X-Request-Id", "Your own id for the request; the answer carries it. Without it the gateway makes one."),
                ["DeviceId"] = Header("X-Device-Id", "Your device. A device that the token names wins."),
            },
        };
        document.Security = [Token()];
    }

    /// <summary>The parameters that every call takes.</summary>
    public IList<IOpenApiParameter> CallHeaders => [Parameter("RequestId"), Parameter("DeviceId")];

    public IOpenApiParameter Parameter(string name) => new OpenApiParameterReference(name, _document);

    /// <summary>What an operation needs that also those without a token may use.</summary>
    public IList<OpenApiSecurityRequirement> TokenOrNothing() => [Token(), []];

    /// <summary>The response object of a success.</summary>
    public OpenApiResponse Answer(string description) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { [Json] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(Success, _document) } },
    };

    /// <summary>Adds the failures that an operation can have.</summary>
    /// <param name="responses">The operation's responses.</param>
    /// <param name="statuses">Their HTTP statuses; none: all of the contract.</param>
    public void AddFailures(OpenApiResponses responses, params int[] statuses)
    {
        foreach (var status in Failures.Select(group => group.Key).Where(status => statuses.Length == 0 || statuses.Contains(status)))
        {
            responses.TryAdd($"{status}", new OpenApiResponseReference(NameOf(status), _document));
        }
    }

    private static string NameOf(int status) => $"Failure{status}";

    private OpenApiSecurityRequirement Token() => new() { [new OpenApiSecuritySchemeReference(Bearer, _document)] = [] };

    private static OpenApiParameter Header(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private OpenApiResponse FailureResponse(IGrouping<int, ErrorCode> codes)
    {
        var response = new OpenApiResponse
        {
            Description = string.Join(", ", codes.Select(code => $"`{code.Name}`").Distinct()),
            Content = new Dictionary<string, OpenApiMediaType> { [Json] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(Failure, _document) } },
        };
        if (codes.Key == StatusCodes.Status429TooManyRequests)
        {
            response.Headers = new Dictionary<string, IOpenApiHeader>
            {
                ["Retry-After"] = new OpenApiHeader { Description = "Seconds after which the call may succeed.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer } },
            };
        }

        return response;
    }

    private static OpenApiSchema SuccessSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "The answer to a request that did what it was asked.",
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["request_id"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["success"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Enum = [JsonValue.Create(true)] },
            ["result"] = new OpenApiSchema { Description = "What the function returned." },
            ["async"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = "True in an acknowledgement, and in what follows it." },
            ["has_more"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = "True while more parts of this answer follow." },
            ["can_retry"] = new OpenApiSchema { Type = JsonSchemaType.Boolean },
        },
        Required = new HashSet<string> { "request_id", "success", "async", "has_more", "can_retry" },
    };

    private static OpenApiSchema FailureSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "The answer to a request that failed.",
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["request_id"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["success"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Enum = [JsonValue.Create(false)] },
            ["error"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "One sentence for people." },
            ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. ErrorCode.All.Select(code => (JsonNode)JsonValue.Create(code.Name))] },
            ["details"] = new OpenApiSchema { Description = "What helps a program to react, such as one entry for each bad argument." },
            ["retry_after_ms"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "When to come back, where time alone helps." },
            ["async"] = new OpenApiSchema { Type = JsonSchemaType.Boolean },
            ["has_more"] = new OpenApiSchema { Type = JsonSchemaType.Boolean },
            ["can_retry"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = "Whether the same request may succeed when it is sent again." },
        },
        Required = new HashSet<string> { "request_id", "success", "error", "code", "async", "has_more", "can_retry" },
    };
}
