using GenApi.Gateway.Configs;
using GenApi.Gateway.Entry.Routes;
using GenApi.Protocol.Configs;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.OpenApi;

namespace GenApi.Gateway.OpenApi;

/// <summary>The plain HTTP routes as operations. What they take and answer is the service's own, so little is said of it.</summary>
internal sealed class RoutePaths(OpenApiDocument document, SharedParts shared, GenApiGatewayOptions options, Func<string, string> uniqueId)
{
    private static readonly string[] Described = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];
    private static readonly string[] WithBody = ["POST", "PUT", "PATCH"];

    /// <summary>Statuses that come from the gateway; everything else is the service's.</summary>
    private static readonly int[] GatewayStatuses = [400, 401, 403, 404, 413, 429, 500, 503, 504];

    public void AddTo(OpenApiPaths paths, IEnumerable<ServiceSnapshot> services)
    {
        // Two paths that differ in the names of their parameters only are one path to OpenAPI.
        var known = new Dictionary<string, string>();
        foreach (var service in services.OrderBy(service => service.Name, StringComparer.Ordinal))
        {
            foreach (var route in service.HttpRoutes.OrderBy(route => route.Path, StringComparer.Ordinal))
            {
                var pattern = RoutePatternFactory.Parse(RoutePath.OnGateway(service.Name, route.Path));
                var shape = Template(pattern, _ => "");
                if (!known.TryGetValue(shape, out var path))
                {
                    known[shape] = path = Template(pattern, parameter => parameter.Name);
                    paths[path] = new OpenApiPathItem { Operations = [], Parameters = [.. pattern.Parameters.Select(ParameterOf)] };
                }

                var operations = ((OpenApiPathItem)paths[path]).Operations!;
                foreach (var method in Described.Where(method => route.Methods?.Contains(method) != false))
                {
                    operations.TryAdd(HttpMethod.Parse(method), Operation(service.Name, route, method));
                }
            }
        }
    }

    private static string Template(RoutePattern pattern, Func<RoutePatternParameterPart, string> nameOf) => string.Concat(pattern.PathSegments.Select(segment =>
        "/" + string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternParameterPart parameter => $"{{{nameOf(parameter)}}}",
            RoutePatternSeparatorPart separator => separator.Content,
            RoutePatternLiteralPart literal => literal.Content,
            _ => "",
        }))));

    private static IOpenApiParameter ParameterOf(RoutePatternParameterPart parameter) => new OpenApiParameter
    {
        Name = parameter.Name,
        In = ParameterLocation.Path,
        Required = true,
        Description = parameter.IsCatchAll ? "Any number of segments." : null,
        Schema = parameter.ParameterPolicies.Select(policy => policy.Content).FirstOrDefault() switch
        {
            "int" or "long" => new OpenApiSchema { Type = JsonSchemaType.Integer },
            "guid" => new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
            "bool" => new OpenApiSchema { Type = JsonSchemaType.Boolean },
            _ => new OpenApiSchema { Type = JsonSchemaType.String },
        },
    };

    private OpenApiOperation Operation(string service, HttpRoute route, string method)
    {
        var responses = new OpenApiResponses { ["default"] = Anything("What the service answers.") };
        shared.AddFailures(responses, GatewayStatuses);
        var operation = new OpenApiOperation
        {
            OperationId = uniqueId($"{service}_{method.ToLowerInvariant()}_{route.Path.Trim('/')}"),
            Summary = $"{method} {route.Path}",
            Description = $"Plain HTTP, answered by the service itself. Permission: {PermissionOf(route.CheckPermission)}.",
            Tags = new HashSet<OpenApiTagReference> { new(service, document) },
            RequestBody = WithBody.Contains(method) ? new OpenApiRequestBody { Content = new Dictionary<string, OpenApiMediaType> { ["*/*"] = new OpenApiMediaType() } } : null,
            Responses = responses,
        };
        if (!options.RequireVerifiedUserId && route.CheckPermission is null or PermissionRule.None)
        {
            operation.Security = shared.TokenOrNothing();
        }

        return operation;
    }

    private static OpenApiResponse Anything(string description) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { ["*/*"] = new OpenApiMediaType() },
    };

    private static string PermissionOf(PermissionRule? rule) => rule switch
    {
        PermissionRule.AnyAuthenticated => "Requires an authenticated user",
        PermissionRule.Arg arg => $"Requires '{arg.Name}' in the path to be the caller's own user id",
        PermissionRule.Role role => $"Requires one of the roles {string.Join(", ", role.Roles)}",
        PermissionRule.Policy policy => $"Requires the authorization policy '{policy.Name}'",
        _ => "Everyone whom the gateway lets in",
    };
}
