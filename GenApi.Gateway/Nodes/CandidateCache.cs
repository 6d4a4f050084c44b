using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Nodes;

/// <summary>The reachable nodes of one function, worked out again only after the directory has changed.</summary>
internal sealed class CandidateCache
{
    private volatile Entry? _entry;

    public CallTarget[] Get(DirectorySnapshot directory, FunConfig function)
    {
        if (_entry is { } entry && ReferenceEquals(entry.Directory, directory))
        {
            return entry.Nodes;
        }

        CallTarget[] nodes = [.. directory.NodesOf(function).Where(node => node.IsReachable)];
        _entry = new Entry(directory, nodes);
        return nodes;
    }

    private sealed record Entry(DirectorySnapshot Directory, CallTarget[] Nodes);
}
