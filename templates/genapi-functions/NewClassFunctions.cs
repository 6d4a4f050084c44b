using GenApi.Node.Functions;

namespace NewNamespace;

/// <summary>Functions of this node. For each call one object of the class is made; its constructor may take services.</summary>
internal sealed class NewClassFunctions
{
    [Function("function-prefix_greet", Description = "Greets by name.")]
    [RequireAuthenticated]
    public static string Greet([Arg(MaxBytes = 100)] string name) => $"Hello, {name}!";
}
