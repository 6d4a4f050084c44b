using GenApi.Node.Functions;
using GenApi.Node.Signatures;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Tests.Node;

/// <summary>Reads the signature of a delegate as the node does.</summary>
internal static class Derivation
{
    public static Signature Of(Delegate function, params Type[] services)
    {
        var builder = new NodeBuilder("test");
        builder.JsonOptions.MakeReadOnly();
        return Signature.Of(function.Method, builder.JsonOptions, new Registered(services));
    }

    private sealed class Registered(Type[] services) : IServiceProviderIsService
    {
        public bool IsService(Type serviceType) => services.Contains(serviceType);
    }
}
