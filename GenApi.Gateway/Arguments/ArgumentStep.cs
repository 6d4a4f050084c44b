using GenApi.Gateway.Calls;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Arguments;

/// <summary>Checks the arguments and fills in what may be left out.</summary>
internal sealed class ArgumentStep : ICallStep
{
    public string Phase => "argument_validation";

    public ValueTask<CallError?> RunAsync(Call call)
    {
        var error = call.Function.Arguments.Validate(call.Args, out var complete);
        call.Args = complete;
        return new(error);
    }
}
