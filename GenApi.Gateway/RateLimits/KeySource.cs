using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace GenApi.Gateway.RateLimits;

/// <summary>Reads the value of a limit's key. The known kinds do so without allocating.</summary>
internal abstract class KeySource
{
    /// <summary>The longest value that is counted under its own text; longer ones are counted under their hash.</summary>
    public const int MaxLength = 128;

    /// <summary>The value of the key; empty where the call has none. It may stand in the buffer.</summary>
    /// <param name="subject">Whose call it is.</param>
    /// <param name="buffer">Room for <see cref="MaxLength"/> characters.</param>
    public abstract ReadOnlySpan<char> Read(in RateLimitSubject subject, Span<char> buffer);

    /// <summary>The value of the key as a string of its own; null where the call has none.</summary>
    public virtual string? ReadText(in RateLimitSubject subject)
    {
        var value = Read(subject, stackalloc char[MaxLength]);
        return value.IsEmpty ? null : value.ToString();
    }

    public static KeySource For(RateLimit limit) => (limit.Key, limit.Source) switch
    {
        (RateLimit.UserIdKey, _) => new UserIdSource(),
        (RateLimit.DeviceIdKey, _) => new DeviceIdSource(),
        (RateLimit.IpAddressKey, _) => new IpAddressSource(),
        (var claim, RateLimitValidation.Claim) => new ClaimSource(claim),
        (var argument, RateLimitValidation.Argument) => new ArgumentSource(argument),
        var (key, _) => new EitherSource(new ClaimSource(key), new ArgumentSource(key)),
    };

    /// <summary>A value as it is counted: what is too long by its hash, so that no client makes keys as large as it likes.</summary>
    public static ReadOnlySpan<char> Fit(ReadOnlySpan<char> value)
    {
        if (value.Length <= MaxLength)
        {
            return value;
        }

        return $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value.ToString())))}";
    }

    private static string? Fit(string? value) => value switch
    {
        null or "" => null,
        { Length: <= MaxLength } => value,
        _ => Fit(value.AsSpan()).ToString(),
    };

    private sealed class UserIdSource : KeySource
    {
        public override ReadOnlySpan<char> Read(in RateLimitSubject subject, Span<char> buffer) => Fit(subject.UserId.AsSpan());

        public override string? ReadText(in RateLimitSubject subject) => Fit(subject.UserId);
    }

    private sealed class DeviceIdSource : KeySource
    {
        public override ReadOnlySpan<char> Read(in RateLimitSubject subject, Span<char> buffer) => Fit(subject.DeviceId.AsSpan());

        public override string? ReadText(in RateLimitSubject subject) => Fit(subject.DeviceId);
    }

    private sealed class IpAddressSource : KeySource
    {
        public override ReadOnlySpan<char> Read(in RateLimitSubject subject, Span<char> buffer) => Fit(subject.IpAddress.AsSpan());

        public override string? ReadText(in RateLimitSubject subject) => Fit(subject.IpAddress);
    }

    private sealed class ClaimSource(string claim) : KeySource
    {
        public override ReadOnlySpan<char> Read(in RateLimitSubject subject, Span<char> buffer) => Fit((subject.Principal?.FindFirst(claim)?.Value).AsSpan());
    }

    private sealed class EitherSource(KeySource first, KeySource second) : KeySource
    {
        public override ReadOnlySpan<char> Read(in RateLimitSubject subject, Span<char> buffer)
        {
            var value = first.Read(subject, buffer);
            return value.IsEmpty ? second.Read(subject, buffer) : value;
        }
    }

    /// <summary>
    /// Walks the arguments as they stand in the call's bytes. Strings count by their text and numbers by their value, however they
    /// are spelt. Lists and maps are no keys. An argument given twice is refused by the argument check that follows.
    /// </summary>
    private sealed class ArgumentSource(string argument) : KeySource
    {
        private readonly byte[] _name = Encoding.UTF8.GetBytes(argument);

        public override ReadOnlySpan<char> Read(in RateLimitSubject subject, Span<char> buffer)
        {
            if (subject.Args.IsEmpty)
            {
                return default;
            }

            var reader = new Utf8JsonReader(subject.Args.Utf8.Span);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var found = reader.ValueTextEquals(_name);
                reader.Read();
                if (found)
                {
                    return Value(ref reader, buffer);
                }

                reader.Skip();
            }

            return default;
        }

        private static ReadOnlySpan<char> Value(scoped ref Utf8JsonReader reader, Span<char> buffer)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.String when reader.ValueIsEscaped || reader.ValueSpan.Length > MaxLength:
                    return Fit(reader.GetString().AsSpan());
                case JsonTokenType.String:
                    return buffer[..Encoding.UTF8.GetChars(reader.ValueSpan, buffer)];
                case JsonTokenType.Number when reader.TryGetInt64(out var whole) && whole.TryFormat(buffer, out var digits, default, CultureInfo.InvariantCulture):
                    return buffer[..digits];
                case JsonTokenType.Number when reader.TryGetDouble(out var number):
                    return Spell(number, buffer);
                case JsonTokenType.True:
                    return "true";
                case JsonTokenType.False:
                    return "false";
                default:
                    return default;
            }
        }

        /// <summary>A number that is whole looks as if it had been sent without a fraction or exponent.</summary>
        private static ReadOnlySpan<char> Spell(double number, Span<char> buffer)
        {
            int length;
            if (Math.Abs(number) < 1L << 53 && number == Math.Truncate(number))
            {
                ((long)number).TryFormat(buffer, out length, default, CultureInfo.InvariantCulture);
            }
            else
            {
                number.TryFormat(buffer, out length, "R", CultureInfo.InvariantCulture);
            }

            return buffer[..length];
        }
    }
}
