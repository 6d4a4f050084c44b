using System.Globalization;
using System.Text;

namespace GenApi.Protocol.Cluster;

/// <summary>
/// The headers of GenApi's own. By some a gateway tells a node who makes a plain HTTP request; those that clients send are taken out.
/// </summary>
internal static class GatewayHeaders
{
    /// <summary>What the names of all of them begin with.</summary>
    public const string Prefix = "X-GenApi-";

    /// <summary>The verified user; absent where there is none.</summary>
    public const string UserId = "X-GenApi-User-Id";

    /// <summary>The user's roles, separated by commas; absent where there are none.</summary>
    public const string Roles = "X-GenApi-Roles";

    /// <summary>The device that the user's token is bound to; absent where it is bound to none.</summary>
    public const string DeviceId = "X-GenApi-Device-Id";

    /// <summary>
    /// Of a request of the admin API: the gateway that is to answer, by its id or its instance id; absent: whichever it reaches. Of an
    /// answer: the id of the gateway that gives it.
    /// </summary>
    public const string Gateway = "X-GenApi-Gateway";

    /// <summary>The gateway that passes a request of the admin API on to the one it is for; absent: it comes from the client.</summary>
    public const string ForwardedBy = "X-GenApi-Forwarded-By";

    /// <summary>
    /// A text as it stands in a header: percent-encoded as in a URL, but only what is no visible ASCII, the percent sign and the
    /// comma. Any URL decoder reads it.
    /// </summary>
    public static string Encode(string text)
    {
        if (text.All(IsPlain))
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length * 3);
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            if (IsPlain((char)octet))
            {
                encoded.Append((char)octet);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
            }
        }

        return encoded.ToString();
    }

    /// <summary>The text that <see cref="Encode"/> was given.</summary>
    public static string Decode(string header) => Uri.UnescapeDataString(header);

    private static bool IsPlain(char letter) => letter is > ' ' and <= '~' and not ('%' or ',');
}
