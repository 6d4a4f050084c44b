using System.Text;
using System.Text.Json.Nodes;
using GenApi.Gateway.Configs;
using GenApi.Protocol.Configs;
using Microsoft.OpenApi;

namespace GenApi.Gateway.OpenApi;

/// <summary>The functions as operations: one path for each function, whatever the number of its versions.</summary>
internal sealed class FunctionPaths(OpenApiDocument document, SharedParts shared, GenApiGatewayOptions options)
{
    private const string Json = "application/json";

    private readonly HashSet<string> _operationIds = [];

    public void AddTo(OpenApiPaths paths, IEnumerable<FunctionEntry> functions)
    {
        foreach (var versions in functions.GroupBy(function => (function.Config.Service, function.Config.RequestType)))
        {
            var path = $"/api/{versions.Key.Service}/{versions.Key.RequestType}";
            paths[path] = new OpenApiPathItem { Operations = new Dictionary<HttpMethod, OpenApiOperation> { [HttpMethod.Post] = Operation([.. versions]) } };
        }

        paths["/api/results/{request_id}"] = new OpenApiPathItem { Operations = new Dictionary<HttpMethod, OpenApiOperation> { [HttpMethod.Get] = ResultOperation() } };
    }

    /// <param name="versions">At least one; the first answers calls that name none.</param>
    private OpenApiOperation Operation(FunctionEntry[] versions)
    {
        var config = versions[0].Config;
        var operation = new OpenApiOperation
        {
            OperationId = UniqueId($"{config.Service}_{config.RequestType}"),
            Summary = config.RequestType,
            Description = string.Join("\n\n", versions.Select(version => DescriptionOf(version, versions.Length > 1))),
            Tags = new HashSet<OpenApiTagReference> { new(config.Service, document) },
            Parameters = shared.CallHeaders,
            RequestBody = Body(versions),
            Responses = ResponsesOf(versions),
        };
        if (versions.Any(version => version.Config.Version is not null))
        {
            operation.Parameters.Insert(0, VersionParameter(versions));
        }

        if (!options.RequireVerifiedUserId && versions.Any(IsOpen))
        {
            operation.Security = shared.TokenOrNothing();
        }

        return operation;
    }

    private static bool IsOpen(FunctionEntry function) => function.Config is { PermissionCallback: null, CheckPermission: null or PermissionRule.None };

    private static string DescriptionOf(FunctionEntry function, bool isOneOfMany)
    {
        var config = function.Config;
        var text = new StringBuilder();
        if (isOneOfMany)
        {
            text.Append("**").Append(config.Version is { } version ? $"Version {version}" : "Without a version").Append(".** ");
        }

        if (config.Description is { Length: > 0 } description)
        {
            text.Append(description).Append(' ');
        }

        return text.Append("Permission: ").Append(function.Permission.Description).Append('.').ToString();
    }

    private static OpenApiParameter VersionParameter(FunctionEntry[] versions) => new()
    {
        Name = "version",
        In = ParameterLocation.Query,
        Description = $"Without it: {(versions[0].Config.Version is { } highest ? $"version {highest}, the highest that is enabled" : "the function without a version")}.",
        Schema = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = [.. versions.Select(version => version.Config.Version).OfType<string>().Select(version => (JsonNode)JsonValue.Create(version))],
        },
    };

    private OpenApiRequestBody Body(FunctionEntry[] versions)
    {
        var schemas = versions.Select(version =>
        {
            var schema = ArgumentSchema.Of(version.Config, options.Arguments);
            schema.Title = versions.Length > 1 ? $"Arguments of {version.Config.RequestType} {version.Config.Version ?? "without a version"}" : null;
            return (IOpenApiSchema)schema;
        }).ToList();
        return new OpenApiRequestBody
        {
            Description = "The arguments.",
            Required = versions.All(version => version.Config.ArgTypes?.Values.Any(ArgumentSchema.IsRequired) == true),
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [Json] = new OpenApiMediaType
                {
                    Schema = schemas.Count == 1 ? schemas[0] : new OpenApiSchema { AnyOf = schemas },
                    Example = ExampleArguments.Of(versions[0].Config),
                },
            },
        };
    }

    private OpenApiResponses ResponsesOf(FunctionEntry[] versions)
    {
        var modes = versions.Select(version => version.Config.ResponseType).ToHashSet();
        var responses = new OpenApiResponses();
        if (modes.Contains(ResponseType.Sync) || modes.Contains(ResponseType.Stream))
        {
            var answer = shared.Answer(modes.Contains(ResponseType.Stream)
                ? "A stream of server-sent events. The data of each is a response object with `has_more` true and a chunk as its `result`; the last has `has_more` false."
                : "The result.");
            if (!modes.Contains(ResponseType.Sync))
            {
                answer.Content!.Clear();
            }

            if (modes.Contains(ResponseType.Stream))
            {
                answer.Content!["text/event-stream"] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
            }

            responses["200"] = answer;
        }

        if (modes.Contains(ResponseType.Async) || modes.Contains(ResponseType.None))
        {
            var acknowledgement = shared.Answer(modes.Contains(ResponseType.Async)
                ? "The function runs; its answer will wait at the place that `Location` names."
                : "The function runs, and answers nothing.");
            if (modes.Contains(ResponseType.Async))
            {
                acknowledgement.Headers = new Dictionary<string, IOpenApiHeader>
                {
                    ["Location"] = new OpenApiHeader { Description = "Where the answer will be: `/api/results/{request_id}`.", Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
                };
            }

            responses["202"] = acknowledgement;
        }

        shared.AddFailures(responses);
        return responses;
    }

    private OpenApiOperation ResultOperation()
    {
        var responses = new OpenApiResponses
        {
            ["200"] = shared.Answer("The answer, once. It may also be a failure of the function, with `success` false."),
            ["202"] = shared.Answer("The function has not answered yet."),
            ["410"] = new OpenApiResponse { Description = "The answer was fetched already, or its time is over." },
        };
        shared.AddFailures(responses, StatusCodes.Status404NotFound, StatusCodes.Status500InternalServerError, StatusCodes.Status503ServiceUnavailable);
        return new OpenApiOperation
        {
            OperationId = UniqueId("genapi_result"),
            Summary = "The answer of an async function",
            Description = "Only the user who called may fetch it.",
            Parameters = [new OpenApiParameter { Name = "request_id", In = ParameterLocation.Path, Required = true, Schema = new OpenApiSchema { Type = JsonSchemaType.String } }],
            Responses = responses,
            Security = shared.TokenOrNothing(),
        };
    }

    /// <summary>Generators make names of it, so it has letters that names may have.</summary>
    public string UniqueId(string wanted)
    {
        var name = string.Concat(wanted.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
        var unique = name;
        for (var n = 2; !_operationIds.Add(unique); n++)
        {
            unique = $"{name}_{n}";
        }

        return unique;
    }
}
