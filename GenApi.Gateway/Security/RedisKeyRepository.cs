using System.Xml.Linq;
using GenApi.Gateway.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;
using StackExchange.Redis;

namespace GenApi.Gateway.Security;

/// <summary><c>genapi:keys</c>: the keys that client tokens are made with, so that a token of one gateway is good at all of them.</summary>
internal sealed class RedisKeyRepository(RedisConnection redis) : IXmlRepository
{
    private static readonly RedisKey[] Key = ["genapi:keys"];

    /// <summary>Adds those that are not there; several gateways may do so at once. ARGV: keys.</summary>
    private static readonly RedisScript Add = new("""
        local there = {}
        for _, key in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do there[key] = true end
        for _, key in ipairs(ARGV) do
          if not there[key] then redis.call('RPUSH', KEYS[1], key) end
        end
        return 1
        """);

    private readonly Lock _gate = new();
    private readonly HashSet<string> _known = [];

    /// <summary>Where Redis has lost keys that were seen before, they are put back: tokens that are out there stay good.</summary>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        Wait(SynchronizeAsync(CancellationToken.None));
        lock (_gate)
        {
            return [.. _known.Select(XElement.Parse)];
        }
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        var text = element.ToString(SaveOptions.DisableFormatting);
        Wait(redis.EvaluateAsync(Add, Key, [text], CancellationToken.None));
        lock (_gate)
        {
            _known.Add(text);
        }
    }

    /// <summary>Learns the keys of the other gateways, and puts back what Redis has lost.</summary>
    /// <returns>Whether there were keys that this gateway did not know.</returns>
    /// <exception cref="StorageUnavailableException">Redis is away.</exception>
    public async Task<bool> SynchronizeAsync(CancellationToken cancellationToken)
    {
        string[] stored = [.. (await redis.RunAsync(database => database.ListRangeAsync(Key[0]), cancellationToken).ConfigureAwait(false)).Select(value => (string)value!)];
        RedisValue[] lost;
        bool isNew;
        lock (_gate)
        {
            lost = [.. _known.Except(stored).Select(key => (RedisValue)key)];
            var before = _known.Count;
            _known.UnionWith(stored);
            isNew = _known.Count > before;
        }

        if (lost.Length > 0)
        {
            await redis.EvaluateAsync(Add, Key, lost, cancellationToken).ConfigureAwait(false);
        }

        return isNew;
    }

    /// <summary>The framework asks for keys seldom, and cannot wait in another way.</summary>
    private static void Wait(Task task) => Task.Run(() => task).GetAwaiter().GetResult();
}
