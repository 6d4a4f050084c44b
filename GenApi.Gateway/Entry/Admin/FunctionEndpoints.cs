using System.Text.Json.Serialization;
using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Security;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Entry.Admin;

/// <summary>The admin API's functions: list, latest, enable, disable, delete, clear. The version <c>-</c> stands for the unversioned function.</summary>
internal static class FunctionEndpoints
{
    private const string Unversioned = "-";

    public static void MapFunctions(this RouteGroupBuilder admin)
    {
        var functions = admin.MapGroup("/functions");
        functions.MapGet("/", (IGatewayDiagnostics diagnostics) => Results.Json(diagnostics.Functions(), ProtocolJson.Default.IReadOnlyListFunConfig)).RequireAdmin();
        functions.MapGet("/{service}/{type}/latest", (string service, string type, IGatewayDiagnostics diagnostics) => diagnostics.LatestFunction(service, type) is { } latest
            ? Results.Json(latest, ProtocolJson.Default.FunConfig)
            : NotFound(new FunctionKey(service, type, null))).RequireAdmin();
        functions.MapPost("/{service}/{type}/{version}/enable", (string service, string type, string version, IGatewayDiagnostics diagnostics, CancellationToken cancellationToken) =>
            AnswerAsync(diagnostics, KeyOf(service, type, version), key => diagnostics.EnableFunctionAsync(key, cancellationToken))).RequireAdmin(AdminAction.ManageFunctions);
        functions.MapPost("/{service}/{type}/{version}/disable", (string service, string type, string version, IGatewayDiagnostics diagnostics, CancellationToken cancellationToken) =>
            AnswerAsync(diagnostics, KeyOf(service, type, version), key => diagnostics.DisableFunctionAsync(key, cancellationToken))).RequireAdmin(AdminAction.ManageFunctions);
        functions.MapDelete("/{service}/{type}/{version}", (string service, string type, string version, IGatewayDiagnostics diagnostics, CancellationToken cancellationToken) =>
            AnswerAsync(diagnostics, KeyOf(service, type, version), key => diagnostics.DeleteFunctionAsync(key, cancellationToken))).RequireAdmin(AdminAction.ManageFunctions);

        // With a slash at its end, the path was meant to name a service: a script with an empty variable must not remove everything.
        functions.MapDelete("/", async (HttpContext http, IGatewayDiagnostics diagnostics) => http.Request.Path.Value is [.., '/']
            ? Problem.Invalid("The service is missing. To remove the functions of all services, leave out the last '/'.")
            : Removed(await diagnostics.ClearFunctionsAsync(null, http.RequestAborted).ConfigureAwait(false))).RequireAdmin(AdminAction.ManageFunctions);
        functions.MapDelete("/{service}", async (string service, IGatewayDiagnostics diagnostics, CancellationToken cancellationToken) =>
            await diagnostics.ClearFunctionsAsync(service, cancellationToken).ConfigureAwait(false) is var removed && removed == 0 && !diagnostics.CacheStatus().Services.Any(known => known.Service == service)
                ? Problem.Result(StatusCodes.Status404NotFound, "not_found", $"There is no service {service}.")
                : Removed(removed)).RequireAdmin(AdminAction.ManageFunctions);
    }

    private static FunctionKey KeyOf(string service, string type, string version) => new(service, type, version == Unversioned ? null : version);

    private static async Task<IResult> AnswerAsync(IGatewayDiagnostics diagnostics, FunctionKey function, Func<FunctionKey, Task<bool>> change)
    {
        if (await change(function).ConfigureAwait(false))
        {
            return Results.NoContent();
        }

        var others = diagnostics.Functions()
            .Where(config => config.Service == function.Service && config.RequestType == function.RequestType)
            .Select(config => config.Version ?? Unversioned)
            .ToList();
        return NotFound(function, others.Count == 0 ? "" : $" There is this function in other versions: {string.Join(", ", others)}.");
    }

    private static IResult Removed(int count) => Results.Json(new FunctionsRemoved(count), FunctionJson.Default.FunctionsRemoved);

    private static IResult NotFound(FunctionKey function, string more = "") =>
        Problem.Result(StatusCodes.Status404NotFound, "not_found", $"There is no function {function}.{more}");
}

/// <summary>What a clear did.</summary>
/// <param name="Removed">How many functions it removed.</param>
internal sealed record FunctionsRemoved(int Removed);

/// <summary>The JSON of changes to functions.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FunctionsRemoved))]
internal sealed partial class FunctionJson : JsonSerializerContext;
