namespace GenApi.Gateway.Nodes.Resolvers;

/// <summary>
/// Tells the addresses of nodes, for functions whose config says <c>nodes: {"resolver":"NAME","args":[…]}</c>. Register it
/// with <see cref="GenApiGatewayExtensions.AddNodeResolver{T}"/>.
/// </summary>
public interface INodeResolver
{
    /// <summary>Asked when such a config appears and every few seconds from then on.</summary>
    /// <param name="args">The arguments of the config.</param>
    /// <param name="cancellationToken">Ends when the answer takes too long or the gateway stops.</param>
    /// <returns>The base addresses, such as <c>http://10.0.0.5:5090</c>. An exception leaves the last answer in force.</returns>
    Task<IReadOnlyList<string>> ResolveAsync(IReadOnlyList<string> args, CancellationToken cancellationToken);
}
