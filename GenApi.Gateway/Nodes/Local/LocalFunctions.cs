using GenApi.Node.Functions;

namespace GenApi.Gateway.Nodes.Local;

/// <summary>The functions that this process hosts itself, of all services that were added to it.</summary>
internal sealed class LocalFunctions(IEnumerable<FunctionRegistry> registries)
{
    private readonly FunctionRegistry[] _registries = [.. registries];

    public IReadOnlyList<FunctionRegistry> Registries => _registries;

    public FunctionDefinition? Find(string name)
    {
        foreach (var registry in _registries)
        {
            if (registry.Find(name) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
