namespace GenApi.Gateway.Storage;

/// <summary>What a notice is about.</summary>
internal enum ChangeKind
{
    /// <summary>The configs of the service that the notice names.</summary>
    Configs,

    /// <summary>The nodes of the service that the notice names.</summary>
    Nodes,

    /// <summary>Whether callers see details of errors.</summary>
    DetailError,

    /// <summary>The rate limits.</summary>
    Limits,

    /// <summary>What was counted for the value that the notice names is forgotten.</summary>
    LimitReset,

    /// <summary>Everything that was counted under rate limits is forgotten.</summary>
    AllLimitsReset,
}

/// <summary>
/// Tells the gateways of a change at once. A notice can be lost, so whoever hears them also looks by himself from time to time.
/// </summary>
internal interface IChangeNotices
{
    /// <summary>
    /// Tells the other gateways. Whoever changes something takes it over himself: a notice may come back to the gateway that sent it,
    /// and does not where there is no Redis. One that cannot be sent is lost.
    /// </summary>
    /// <param name="kind">What the notice is about.</param>
    /// <param name="subject">What of it, on one line, such as the name of a service; empty: all of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task NotifyAsync(ChangeKind kind, string subject, CancellationToken cancellationToken);

    /// <summary>Hears what gateways tell: the kind and the subject. The handler must not block, nor trust the subject.</summary>
    Task SubscribeAsync(Action<ChangeKind, string> changed, CancellationToken cancellationToken);
}
