using GenApi.Gateway.Calls;
using GenApi.Gateway.Configs;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Permissions;

/// <summary>Asks whether the caller may call the function.</summary>
internal sealed class PermissionStep : ICallStep
{
    public string Phase => "permission";

    public string Describe(FunctionEntry function) => function.Permission.Description;

    public async ValueTask<StepForecast> ForecastAsync(Call call) => call.Function.Permission.AsksNode
        ? new StepForecast(null, "the callback on the node is not asked")
        : new StepForecast(await RunAsync(call).ConfigureAwait(false), Note: await call.Function.Permission.FindMissingAsync().ConfigureAwait(false));

    public ValueTask<CallError?> RunAsync(Call call) => call.Function.Permission.CheckAsync(call);
}
