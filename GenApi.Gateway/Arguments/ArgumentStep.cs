using GenApi.Gateway.Calls;
using GenApi.Gateway.Configs;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Arguments;

/// <summary>Checks the arguments and fills in what may be left out.</summary>
internal sealed class ArgumentStep : ICallStep
{
    public string Phase => "argument_validation";

    public string Describe(FunctionEntry function) => function.Config.ArgTypes is { Count: > 0 } types
        ? $"Checks {string.Join(", ", types.Keys)}, and fills in what may be left out"
        : "The function takes no arguments";

    public ValueTask<StepForecast> ForecastAsync(Call call) => StepForecast.OfAsync(RunAsync(call));

    public ValueTask<CallError?> RunAsync(Call call)
    {
        var error = call.Function.Arguments.Validate(call.Args, out var complete);
        call.Args = complete;
        return new(error);
    }
}
