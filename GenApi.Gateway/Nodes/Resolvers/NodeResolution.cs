using System.Collections.Frozen;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Security;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Nodes.Resolvers;

/// <summary>Asks the resolvers that the configs name, and remembers their last answers.</summary>
internal sealed partial class NodeResolution(ConfigCatalog catalog, Allowlist allowlist, IServiceProvider services, TimeProvider time, ILogger<NodeResolution> logger)
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, (IReadOnlyList<string> Addresses, long Asked)> _answers = [];

    /// <summary>What tells one question from another.</summary>
    public static string KeyOf(NodeSet.Resolver resolver) => string.Join('\n', [resolver.Name, .. resolver.Args]);

    /// <summary>The addresses that configs name themselves, and those that their resolvers give. One call at a time.</summary>
    public async Task<(IReadOnlyCollection<string> Addresses, FrozenDictionary<string, IReadOnlyList<string>> Resolved)> RunAsync(CancellationToken cancellationToken)
    {
        var named = new HashSet<string>();
        var questions = new Dictionary<string, NodeSet.Resolver>();
        foreach (var entry in catalog.Current.WithNodes)
        {
            switch (entry.Config.Nodes)
            {
                case NodeSet.Addresses addresses:
                    named.UnionWith(addresses.Items.Select(address => address.TrimEnd('/')));
                    break;
                case NodeSet.Resolver resolver:
                    questions[KeyOf(resolver)] = resolver;
                    break;
            }
        }

        foreach (var forgotten in _answers.Keys.Except(questions.Keys).ToList())
        {
            _answers.Remove(forgotten);
        }

        // Side by side: one that hangs holds up the others by its own patience only.
        var due = questions.Where(question => !_answers.TryGetValue(question.Key, out var known) || time.GetElapsedTime(known.Asked) >= AskEvery);
        var answers = await Task.WhenAll(due.Select(async question =>
            (question.Key, Addresses: await AskAsync(question.Value, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        foreach (var (key, addresses) in answers)
        {
            _answers[key] = (addresses ?? _answers.GetValueOrDefault(key).Addresses ?? [], time.GetTimestamp());
        }

        named.UnionWith(_answers.Values.SelectMany(answer => answer.Addresses));
        return (named, _answers.ToFrozenDictionary(answer => answer.Key, answer => answer.Value.Addresses));
    }

    private async Task<IReadOnlyList<string>?> AskAsync(NodeSet.Resolver question, CancellationToken cancellationToken)
    {
        if (services.GetKeyedService<INodeResolver>(question.Name) is not { } resolver)
        {
            Log.Missing(logger, question.Name);
            return null;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var answer = await resolver.ResolveAsync(question.Args, patience.Token).ConfigureAwait(false);
            foreach (var wrong in answer.Where(address => !FunConfigValidator.IsAddress(address)))
            {
                Log.NoAddress(logger, question.Name, wrong);
            }

            foreach (var refusal in answer.Select(allowlist.RefuseNode).OfType<string>())
            {
                Log.NotAllowed(logger, question.Name, refusal);
            }

            return [.. answer.Where(address => FunConfigValidator.IsAddress(address) && allowlist.RefuseNode(address) is null).Select(address => address.TrimEnd('/'))];
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever a resolver throws, the nodes it named before are the best that is known.
            Log.Failed(logger, error, question.Name);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "No node resolver is registered as {Name}; its functions have no nodes.")]
        public static partial void Missing(ILogger logger, string name);

        [LoggerMessage(2, LogLevel.Warning, "The node resolver {Name} gave '{Address}', which is not an http or https address.")]
        public static partial void NoAddress(ILogger logger, string name, string address);

        [LoggerMessage(4, LogLevel.Warning, "Of what the node resolver {Name} gave, one is left out: {Refusal}.")]
        public static partial void NotAllowed(ILogger logger, string name, string refusal);

        [LoggerMessage(3, LogLevel.Warning, "The node resolver {Name} failed; its last answer stays in force.")]
        public static partial void Failed(ILogger logger, Exception error, string name);
    }
}
