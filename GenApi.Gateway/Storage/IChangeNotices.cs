namespace GenApi.Gateway.Storage;

/// <summary>What a notice is about.</summary>
internal enum ChangeKind
{
    /// <summary>The configs of a service.</summary>
    Configs,

    /// <summary>The nodes of a service.</summary>
    Nodes,

    /// <summary>Whether callers see details of errors.</summary>
    DetailError,
}

/// <summary>
/// Tells the gateways of a change at once. A notice can be lost, so whoever hears them also looks by himself from time to time.
/// </summary>
internal interface IChangeNotices
{
    /// <summary>Tells all gateways. A notice that cannot be sent is lost.</summary>
    Task NotifyAsync(ChangeKind kind, string service, CancellationToken cancellationToken);

    /// <summary>Hears what others tell. The handler must not block.</summary>
    Task SubscribeAsync(Action<ChangeKind, string> changed, CancellationToken cancellationToken);
}
