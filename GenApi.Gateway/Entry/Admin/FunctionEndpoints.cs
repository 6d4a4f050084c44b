using GenApi.Gateway.Diagnostics;
using GenApi.Gateway.Security;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Entry.Admin;

/// <summary>The admin API's functions: list, latest, enable, disable, delete. The version <c>-</c> stands for the unversioned function.</summary>
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

    private static IResult NotFound(FunctionKey function, string more = "") =>
        Problem.Result(StatusCodes.Status404NotFound, "not_found", $"There is no function {function}.{more}");
}
