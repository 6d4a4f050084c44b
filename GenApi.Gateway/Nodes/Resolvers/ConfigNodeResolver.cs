namespace GenApi.Gateway.Nodes.Resolvers;

/// <summary>The resolver <c>config</c>: its argument names a list of addresses in the configuration, <c>GenApi:NodeLists:NAME</c>.</summary>
internal sealed class ConfigNodeResolver(IConfiguration configuration) : INodeResolver
{
    public const string Name = "config";

    public Task<IReadOnlyList<string>> ResolveAsync(IReadOnlyList<string> args, CancellationToken cancellationToken) => args is [var list]
        ? Task.FromResult<IReadOnlyList<string>>([.. configuration.GetSection($"GenApi:NodeLists:{list}").GetChildren().Select(child => child.Value).OfType<string>()])
        : throw new ArgumentException("The resolver 'config' takes one argument: the name of a list in GenApi:NodeLists.");
}
