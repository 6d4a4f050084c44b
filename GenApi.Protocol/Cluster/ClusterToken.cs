using System.Security.Cryptography;
using System.Text;

namespace GenApi.Protocol.Cluster;

/// <summary>The secret that gateways and nodes of one cluster share, and its comparison in constant time.</summary>
public static class ClusterToken
{
    /// <summary>The least length of a secret, in characters.</summary>
    public const int MinimumLength = 16;

    /// <summary>What is wrong with a secret, as the end of a sentence that begins with its name; null: nothing.</summary>
    public static string? FaultOf(string secret) =>
        secret.Length < MinimumLength ? $"must have at least {MinimumLength} characters"
        : secret.Any(letter => letter is <= ' ' or > '~') ? "must have no other characters than printable ASCII without spaces, because it travels in a header"
        : null;

    /// <summary>
    /// Whether an <c>Authorization</c> header carries this secret as a bearer token. Takes the same time for every wrong token.
    /// </summary>
    /// <param name="authorization">The header's value; null or empty never matches.</param>
    /// <param name="secret">The secret; null or empty never matches.</param>
    public static bool MatchesBearer(string? authorization, string? secret) =>
        authorization is not null
        && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        && Matches(authorization["Bearer ".Length..].Trim(), secret);

    /// <summary>Whether two secrets are the same. Takes the same time for every wrong one.</summary>
    public static bool Matches(string? given, string? secret)
    {
        if (string.IsNullOrEmpty(given) || string.IsNullOrEmpty(secret))
        {
            return false;
        }

        // Hashing first gives both sides one length, so that the comparison does not tell the secret's length either.
        return CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(given)),
            SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
    }
}
