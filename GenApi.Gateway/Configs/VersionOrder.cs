namespace GenApi.Gateway.Configs;

/// <summary>
/// Orders versions as people read them: part by part, numbers by value, and a pre-release such as <c>2.0.0-rc.1</c> before
/// its release. The absent version is the highest, since a call without a version means it first.
/// </summary>
internal sealed class VersionOrder : IComparer<string?>
{
    public static VersionOrder Instance { get; } = new();

    public int Compare(string? left, string? right)
    {
        if (left is null || right is null)
        {
            return (left is null ? 1 : 0) - (right is null ? 1 : 0);
        }

        var (leftRelease, leftPre) = Split(left);
        var (rightRelease, rightPre) = Split(right);
        var byRelease = CompareParts(leftRelease, rightRelease);
        if (byRelease != 0)
        {
            return byRelease;
        }

        return (leftPre, rightPre) switch
        {
            (null, null) => string.CompareOrdinal(left, right),
            (null, _) => 1,
            (_, null) => -1,
            var (a, b) => CompareParts(a, b) is var order and not 0 ? order : string.CompareOrdinal(left, right),
        };
    }

    private static (string Release, string? PreRelease) Split(string version)
    {
        var text = version.StartsWith('v') ? version[1..] : version;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash < 0 ? (text, null) : (text[..dash], text[(dash + 1)..]);
    }

    private static int CompareParts(string left, string right)
    {
        var a = left.Split('.');
        var b = right.Split('.');
        for (var i = 0; i < Math.Max(a.Length, b.Length); i++)
        {
            var x = i < a.Length ? a[i] : "0";
            var y = i < b.Length ? b[i] : "0";
            var order = (ulong.TryParse(x, out var m), ulong.TryParse(y, out var n)) switch
            {
                (true, true) => m.CompareTo(n),
                (true, false) => -1,
                (false, true) => 1,
                _ => string.CompareOrdinal(x, y),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }
}
