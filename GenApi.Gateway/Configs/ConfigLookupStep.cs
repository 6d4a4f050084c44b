using GenApi.Gateway.Calls;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Configs;

/// <summary>Finds the function in the snapshot, and sets the call's deadline by it.</summary>
internal sealed class ConfigLookupStep(ConfigCatalog catalog, TimeProvider time) : ICallStep
{
    public string Phase => "config_lookup";

    public string Describe(FunctionEntry function) => $"Finds {function.Config.Key} in the snapshot in memory{(function.Config.Disabled ? "; it is disabled" : "")}";

    public ValueTask<StepForecast> ForecastAsync(Call call) => StepForecast.OfAsync(RunAsync(call));

    public ValueTask<CallError?> RunAsync(Call call)
    {
        var request = call.Request;
        if (catalog.Current.Find(request.Service, request.RequestType, request.Version, out var error) is not { } function)
        {
            return new(error);
        }

        call.Function = function;
        if (function.Config.Timeout.Milliseconds is { } milliseconds)
        {
            call.Deadline = time.GetTimestamp() + (milliseconds * time.TimestampFrequency / 1000);
        }

        return default;
    }
}
