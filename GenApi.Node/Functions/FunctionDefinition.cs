using GenApi.Node.Signatures;
using GenApi.Protocol.Configs;

namespace GenApi.Node.Functions;

/// <summary>One function of this process.</summary>
/// <param name="Name">Its name on the link.</param>
/// <param name="Config">What the gateway is told; null for functions that only the gateway itself calls.</param>
/// <param name="Invoker">What runs it.</param>
internal sealed record FunctionDefinition(string Name, FunConfig? Config, FunctionInvoker Invoker);
