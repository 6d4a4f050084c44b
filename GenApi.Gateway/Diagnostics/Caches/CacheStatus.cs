namespace GenApi.Gateway.Diagnostics.Caches;

/// <summary>The config cache (the seed's <c>cache_status</c>).</summary>
/// <param name="Loaded">Whether the store has been read, at least once.</param>
/// <param name="Count">How many functions there are.</param>
/// <param name="Disabled">How many of them are switched off.</param>
/// <param name="Services">Each service.</param>
public sealed record CacheStatus(bool Loaded, int Count, int Disabled, IReadOnlyList<CachedService> Services);

/// <summary>A service in the config cache.</summary>
/// <param name="Service">Its name.</param>
/// <param name="ConfigVersion">The version of its configs.</param>
/// <param name="StoredAtMs">When they were stored, in Unix milliseconds.</param>
/// <param name="Functions">How many functions it has.</param>
/// <param name="Disabled">How many of them are switched off.</param>
/// <param name="HttpRoutes">How many plain HTTP routes it has.</param>
/// <param name="Nodes">How many nodes have a lease for it.</param>
public sealed record CachedService(string Service, string ConfigVersion, long StoredAtMs, int Functions, int Disabled, int HttpRoutes, int Nodes);

/// <summary>The worker pools (the seed's <c>pool_status</c>).</summary>
/// <param name="AsyncPool">The one for async and fire-and-forget calls.</param>
/// <param name="StreamPool">The one for streams.</param>
public sealed record PoolStatus(PoolFigures AsyncPool, PoolFigures StreamPool);

/// <summary>One worker pool.</summary>
/// <param name="Size">Calls that run at once, at the most.</param>
/// <param name="IdleWorkers">Workers without a call.</param>
/// <param name="BusyWorkers">Workers with a call.</param>
/// <param name="Queued">Calls that wait for a worker.</param>
/// <param name="QueueLimit">Calls that may wait.</param>
/// <param name="Breaker">The pool's breaker: <c>closed</c>, <c>open</c> or <c>half_open</c>.</param>
public sealed record PoolFigures(int Size, int IdleWorkers, int BusyWorkers, int Queued, int QueueLimit, string Breaker);
