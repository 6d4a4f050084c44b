namespace GenApi.Gateway.Diagnostics.Tracing;

/// <summary>A client's connection to the hub.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Its verified user; null: none.</param>
/// <param name="Since">When it was opened, as a timestamp.</param>
internal sealed record ClientConnection(string Id, string? UserId, long Since)
{
    private long _began;
    private long _ended;

    /// <summary>Its calls so far.</summary>
    public long Calls => Volatile.Read(ref _began);

    /// <summary>Those of them that are under way.</summary>
    public long InFlight => Math.Max(0, Volatile.Read(ref _began) - Volatile.Read(ref _ended));

    public void CallBegan() => Interlocked.Increment(ref _began);

    public void CallEnded() => Interlocked.Increment(ref _ended);
}
