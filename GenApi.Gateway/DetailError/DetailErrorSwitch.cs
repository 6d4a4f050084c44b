using GenApi.Gateway.Storage;
using Microsoft.Extensions.Options;

namespace GenApi.Gateway.DetailError;

/// <summary>Whether callers see what functions say when they fail (the seed's <c>detail_error</c>): as configured, until an operator says otherwise.</summary>
internal sealed partial class DetailErrorSwitch(
    IDetailErrorStore store,
    IChangeNotices notices,
    IOptionsMonitor<GenApiGatewayOptions> options,
    ILogger<DetailErrorSwitch> logger)
{
    private const int Unsaid = 0;
    private const int Hidden = 1;
    private const int Shown = 2;

    private volatile int _word = Unsaid;

    /// <summary>Whether they do now.</summary>
    public bool IsOn => _word switch
    {
        Hidden => false,
        Shown => true,
        _ => options.CurrentValue.DetailError,
    };

    /// <summary>Says so, here at once and on the other gateways in a moment.</summary>
    /// <exception cref="StorageUnavailableException">The store is away; nothing has changed.</exception>
    public async Task SetAsync(bool shown, CancellationToken cancellationToken)
    {
        await store.WriteAsync(shown, cancellationToken).ConfigureAwait(false);
        _word = shown ? Shown : Hidden;
        Log.Changed(logger, shown ? "see" : "do not see");
        await notices.NotifyAsync(ChangeKind.DetailError, "", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes over what is stored, and puts it back where the store has lost it.</summary>
    /// <exception cref="StorageUnavailableException">The store is away.</exception>
    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        switch (await store.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            case { } shown:
                _word = shown ? Shown : Hidden;
                break;
            case null when _word != Unsaid:
                await store.WriteAsync(_word == Shown, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "From now on callers {State} what functions say when they fail.")]
        public static partial void Changed(ILogger logger, string state);
    }
}
