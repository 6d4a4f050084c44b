using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Configs.Pull;

/// <summary>What gateways must agree on about pulls: which services pushes asked to be pulled, who pulls each, and how it went.</summary>
internal interface IPullStore
{
    /// <summary>The most services that pushes may have registered.</summary>
    const int MaxRegistered = 1000;

    /// <summary>Registers a service, in place of what was registered for it before.</summary>
    /// <returns>False: there are too many already.</returns>
    Task<bool> RegisterAsync(ServiceConfig config, CancellationToken cancellationToken);

    /// <summary>The services that pushes registered.</summary>
    Task<IReadOnlyList<ServiceConfig>> RegisteredAsync(CancellationToken cancellationToken);

    /// <summary>Takes the right to pull a service, or keeps it.</summary>
    /// <param name="service">The service.</param>
    /// <param name="owner">Who asks; nobody else says the same.</param>
    /// <param name="expiry">How long the right lasts, unless it is kept.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<PullHold> HoldAsync(string service, string owner, TimeSpan expiry, CancellationToken cancellationToken);

    /// <summary>Gives up the right to pull a service, if one has it.</summary>
    Task ReleaseAsync(string service, string owner, CancellationToken cancellationToken);

    /// <summary>How the pulls went, by service.</summary>
    Task<IReadOnlyDictionary<string, PullState>> StatesAsync(CancellationToken cancellationToken);

    /// <summary>Notes how a pull went.</summary>
    Task SaveAsync(string service, PullState state, CancellationToken cancellationToken);
}

/// <summary>Whether one may pull.</summary>
internal enum PullHold
{
    /// <summary>No: another gateway does.</summary>
    Denied,

    /// <summary>Yes, from now on.</summary>
    Taken,

    /// <summary>Yes, as before.</summary>
    Kept,
}
