using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace GenApi.Gateway.Security;

/// <summary>The framework's own keeper of keys, which would look for keys of others once a day. This one can be told to look now.</summary>
internal sealed class SharedKeyManager(IServiceProvider services) : IKeyManager, IDisposable
{
    private readonly XmlKeyManager _keys = ActivatorUtilities.CreateInstance<XmlKeyManager>(services);
    private readonly Lock _gate = new();
    private CancellationTokenSource _changing = new();

    public IKey CreateNewKey(DateTimeOffset activationDate, DateTimeOffset expirationDate) => _keys.CreateNewKey(activationDate, expirationDate);

    public IReadOnlyCollection<IKey> GetAllKeys() => _keys.GetAllKeys();

    public void RevokeKey(Guid keyId, string? reason = null) => _keys.RevokeKey(keyId, reason);

    public void RevokeAllKeys(DateTimeOffset revocationDate, string? reason = null) => _keys.RevokeAllKeys(revocationDate, reason);

    /// <summary>Ends when what was read of the keys is old.</summary>
    public CancellationToken GetCacheExpirationToken()
    {
        var own = _keys.GetCacheExpirationToken();
        lock (_gate)
        {
            // Not disposed of, for whoever asked may look at the token at any time; asked for when keys are read, which is seldom.
            return CancellationTokenSource.CreateLinkedTokenSource(own, _changing.Token).Token;
        }
    }

    /// <summary>There are keys that have not been read.</summary>
    public void LookAgain()
    {
        CancellationTokenSource changed;
        lock (_gate)
        {
            (changed, _changing) = (_changing, new CancellationTokenSource());
        }

        changed.Cancel();
        changed.Dispose();
    }

    public void Dispose() => _changing.Dispose();
}
