using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Relay;

/// <summary>How groups relay messages, from the configuration section <c>GenApi:Relay</c>.</summary>
public sealed class RelayOptions
{
    /// <summary>The service by whose name the function <c>relay_msg</c> is called. Default <c>relay</c>.</summary>
    public string Service { get; set; } = "relay";

    /// <summary>How long a member without any connection stays in their groups. Default 15 s; from 0 to 10 min.</summary>
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often gateways look for members that a gateway has left behind. Default 1 s; from 50 ms to 1 min.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The most members of a group, pending ones among them. Default 10000; from 1 to 100000.</summary>
    public int MaxMembersPerGroup { get; set; } = 10_000;

    /// <summary>The most groups that a user may be in. Default 100; from 1 to 10000.</summary>
    public int MaxGroupsPerUser { get; set; } = 100;

    /// <summary>The most groups there may be. Default 100000; from 1 to 10000000.</summary>
    public int MaxGroups { get; set; } = 100_000;

    /// <summary>The largest message, in bytes of JSON. Default 64 KiB; from 1 to 16 MiB.</summary>
    public int MaxMessageBytes { get; set; } = 64 * 1024;

    /// <summary>Messages that wait for one slow connection; then its oldest ones are dropped. Default 1000; from 1 to 1000000.</summary>
    public int MaxQueuedMessages { get; set; } = 1000;

    /// <summary>The same in bytes. Default 4 MiB; from 1 KiB to 1 GiB.</summary>
    public int MaxQueuedBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Every fault in these settings, a sentence each.</summary>
    internal IEnumerable<string> Faults()
    {
        if (!FunConfigValidator.IsName(Service))
        {
            yield return $"GenApi:Relay:Service is '{Service}'; it must be 1 to 128 letters, digits, '_', '-' or '.'.";
        }

        foreach (var fault in (string?[])
        [
            Range(nameof(GracePeriod), GracePeriod, TimeSpan.Zero, TimeSpan.FromMinutes(10)),
            Range(nameof(SweepInterval), SweepInterval, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)),
            Range(nameof(MaxMembersPerGroup), MaxMembersPerGroup, 1, 100_000),
            Range(nameof(MaxGroupsPerUser), MaxGroupsPerUser, 1, 10_000),
            Range(nameof(MaxGroups), MaxGroups, 1, 10_000_000),
            Range(nameof(MaxMessageBytes), MaxMessageBytes, 1, 16 * 1024 * 1024),
            Range(nameof(MaxQueuedMessages), MaxQueuedMessages, 1, 1_000_000),
            Range(nameof(MaxQueuedBytes), MaxQueuedBytes, 1024, 1024 * 1024 * 1024),
        ])
        {
            if (fault is not null)
            {
                yield return fault;
            }
        }
    }

    private static string? Range<T>(string option, T value, T least, T most)
        where T : IComparable<T> => value.CompareTo(least) < 0 || value.CompareTo(most) > 0
            ? $"GenApi:Relay:{option} is {value}; it must be from {least} to {most}."
            : null;
}
