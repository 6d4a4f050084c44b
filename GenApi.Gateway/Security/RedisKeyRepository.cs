using System.Xml.Linq;
using GenApi.Gateway.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;
using StackExchange.Redis;

namespace GenApi.Gateway.Security;

/// <summary><c>genapi:keys</c>: the keys that client tokens are made with, so that a token of one gateway is good at all of them.</summary>
internal sealed class RedisKeyRepository(RedisConnection redis) : IXmlRepository
{
    private static readonly RedisKey Key = "genapi:keys";

    private readonly Lock _gate = new();
    private readonly HashSet<string> _known = [];

    /// <summary>Where Redis has lost keys that were seen before, they are put back: tokens that are out there stay good.</summary>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_gate)
        {
            string[] stored = [.. Run(database => database.ListRangeAsync(Key)).Select(value => (string)value!)];
            foreach (var lost in _known.Except(stored).ToList())
            {
                Run(database => database.ListRightPushAsync(Key, lost));
            }

            _known.UnionWith(stored);
            return [.. _known.Select(XElement.Parse)];
        }
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        var text = element.ToString(SaveOptions.DisableFormatting);
        lock (_gate)
        {
            Run(database => database.ListRightPushAsync(Key, text));
            _known.Add(text);
        }
    }

    /// <summary>The framework asks for keys seldom, and only so.</summary>
    private T Run<T>(Func<IDatabase, Task<T>> command) => Task.Run(() => redis.RunAsync(command, CancellationToken.None)).GetAwaiter().GetResult();
}
