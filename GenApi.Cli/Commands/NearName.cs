namespace GenApi.Cli.Commands;

/// <summary>Finds the names that somebody may have meant who typed another.</summary>
internal static class NearName
{
    private const int LongestWord = 64;

    /// <summary>Those that differ by a slip or two, the nearest first.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="known">The names there are.</param>
    public static IReadOnlyList<string> Of(string typed, IEnumerable<string> known) => typed.Length > LongestWord
        ? []
        :
        [
            .. known.Distinct(StringComparer.Ordinal)
                .Where(name => name.Length <= LongestWord)
                .Select(name => (Name: name, Slips: Slips(typed.ToUpperInvariant(), name.ToUpperInvariant())))
                .Where(near => near.Slips <= Math.Max(1, Math.Min(typed.Length, near.Name.Length) / 3))
                .OrderBy(near => near.Slips)
                .ThenBy(near => near.Name, StringComparer.Ordinal)
                .Select(near => near.Name),
        ];

    /// <summary>How many letters are missing, too many, wrong, or in each other's place.</summary>
    private static int Slips(string one, string other)
    {
        var counts = new int[one.Length + 1, other.Length + 1];
        for (var row = 0; row <= one.Length; row++)
        {
            for (var column = 0; column <= other.Length; column++)
            {
                counts[row, column] = row == 0 || column == 0
                    ? row + column
                    : Math.Min(
                        Math.Min(counts[row - 1, column], counts[row, column - 1]) + 1,
                        counts[row - 1, column - 1] + (one[row - 1] == other[column - 1] ? 0 : 1));
                if (row > 1 && column > 1 && one[row - 1] == other[column - 2] && one[row - 2] == other[column - 1])
                {
                    counts[row, column] = Math.Min(counts[row, column], counts[row - 2, column - 2] + 1);
                }
            }
        }

        return counts[one.Length, other.Length];
    }
}
