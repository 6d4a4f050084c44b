using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace GenApi.Gateway.Storage;

/// <summary>A script that Redis runs as one step. All its keys must be in one slot, so that it runs on a Redis Cluster too.</summary>
internal sealed record RedisScript(string Text)
{
    /// <summary>The name by which Redis knows a script it has seen.</summary>
    public byte[] Hash { get; } = HashOf(Text);

    [SuppressMessage("Security", "CA5350", Justification = "Redis names scripts by their SHA-1; nothing is protected by it.")]
    private static byte[] HashOf(string text) => SHA1.HashData(Encoding.UTF8.GetBytes(text));
}
