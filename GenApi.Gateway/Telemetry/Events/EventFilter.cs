using System.Collections.Frozen;
using System.IO.Enumeration;

namespace GenApi.Gateway.Telemetry.Events;

/// <summary>
/// Which events somebody wants to hear. Patterns are turned into the names they stand for, so that asking whether an event is
/// wanted is one look-up.
/// </summary>
internal sealed class EventFilter
{
    private readonly FrozenSet<string> _names;

    private EventFilter(IEnumerable<string> names) => _names = names.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The names, in the order of <see cref="EventNames.All"/>.</summary>
    public IEnumerable<string> Names => EventNames.All.Where(_names.Contains);

    /// <summary>Reads patterns.</summary>
    /// <param name="patterns">Names with <c>*</c> for any letters; <c>genapi.</c> may be left out. None: all events.</param>
    /// <param name="fault">Why there is no filter; null when there is one.</param>
    public static EventFilter? Read(IReadOnlyCollection<string> patterns, out string? fault)
    {
        fault = null;
        if (patterns.Count == 0)
        {
            return new EventFilter(EventNames.All);
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pattern in patterns)
        {
            var found = Matching(pattern).ToList();
            if (found.Count == 0)
            {
                fault = $"No event is called '{pattern}'. Use * for any letters, as in executor.*; the events are {string.Join(", ", EventNames.All.Select(Short))}.";
                return null;
            }

            names.UnionWith(found);
        }

        return new EventFilter(names);
    }

    public bool Wants(string name) => _names.Contains(name);

    private static IEnumerable<string> Matching(string pattern) => EventNames.All.Where(name =>
        FileSystemName.MatchesSimpleExpression(pattern, name) || FileSystemName.MatchesSimpleExpression(pattern, Short(name)));

    private static string Short(string name) => name[EventNames.Prefix.Length..];
}
