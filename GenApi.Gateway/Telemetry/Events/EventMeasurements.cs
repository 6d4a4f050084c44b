namespace GenApi.Gateway.Telemetry.Events;

/// <summary>Something starts.</summary>
/// <param name="SystemTimeUs">The time of day, in microseconds since 1970.</param>
public sealed record StartMeasurements(long SystemTimeUs);

/// <summary>Something has ended.</summary>
/// <param name="DurationUs">How long it took, in microseconds.</param>
public sealed record DurationMeasurements(long DurationUs);

/// <summary>A retry.</summary>
/// <param name="Attempt">Which retry it is, from 1.</param>
public sealed record RetryMeasurements(int Attempt);

/// <summary>No retry is left.</summary>
/// <param name="Attempts">How many there were.</param>
public sealed record RetriesMeasurements(int Attempts);

/// <summary>A rate limit was hit.</summary>
/// <param name="RetryAfterMs">When the next call may pass, in milliseconds from now.</param>
public sealed record ExceededMeasurements(long RetryAfterMs);

/// <summary>Old counters were removed.</summary>
/// <param name="CleanedEntries">How many.</param>
public sealed record CleanupMeasurements(long CleanedEntries);

/// <summary>A worker takes a call.</summary>
/// <param name="QueueTimeUs">How long the call waited for it, in microseconds.</param>
public sealed record TaskStartMeasurements(long QueueTimeUs);

/// <summary>The load of a pool that turned a call away.</summary>
/// <param name="Running">The calls that have a worker.</param>
/// <param name="Queued">The calls that wait for one.</param>
public sealed record PoolMeasurements(int Running, int Queued);

/// <summary>A pull has ended.</summary>
/// <param name="DurationUs">How long it took, in microseconds.</param>
/// <param name="Functions">The functions stored.</param>
/// <param name="Rejected">The functions refused.</param>
public sealed record PullMeasurements(long DurationUs, int Functions, int Rejected);

/// <summary>A push was taken or refused.</summary>
/// <param name="Functions">The functions in it.</param>
/// <param name="Rejected">How many of them were refused.</param>
public sealed record PushMeasurements(int Functions, int Rejected);

/// <summary>A change of some things at once.</summary>
/// <param name="Count">How many.</param>
public sealed record CountMeasurements(long Count);

/// <summary>Somebody reads events too slowly.</summary>
/// <param name="Count">The events that found no room since the last time.</param>
/// <param name="Total">How many that were in all.</param>
public sealed record DroppedMeasurements(long Count, long Total);

/// <summary>A stream has ended.</summary>
/// <param name="DurationUs">How long it lasted, in microseconds.</param>
/// <param name="Chunks">The chunks that went to the client.</param>
public sealed record StreamMeasurements(long DurationUs, long Chunks);

/// <summary>A message was relayed.</summary>
/// <param name="DurationUs">How long it took to hand it on, in microseconds.</param>
/// <param name="RecipientsCount">The members it goes to.</param>
public sealed record RelayMeasurements(long DurationUs, int RecipientsCount);
