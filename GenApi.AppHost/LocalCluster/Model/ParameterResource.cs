using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Where the value of a parameter comes from if configuration has none.</summary>
internal abstract class ParameterDefault
{
    /// <summary>Makes the value.</summary>
    public abstract string GetDefaultValue();
}

/// <summary>A random value, different each time.</summary>
internal sealed class GenerateParameterDefault : ParameterDefault
{
    // Without the letters and digits that people confuse: 5.8 bits a character.
    private const string LettersAndDigits = "ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789";
    private const string SpecialCharacters = "-_.~";

    /// <summary>Number of characters. At least 22 makes more than 126 bits.</summary>
    public int MinLength { get; set; } = 22;

    /// <summary>Whether the value may have other characters than letters and digits.</summary>
    public bool Special { get; set; } = true;

    /// <inheritdoc />
    public override string GetDefaultValue() =>
        RandomNumberGenerator.GetString(Special ? LettersAndDigits + SpecialCharacters : LettersAndDigits, MinLength);
}

/// <summary>A named value from configuration, or one that was generated and remembered.</summary>
internal sealed class ParameterResource(string name, string value, bool secret) : Resource(name)
{
    /// <summary>Whether the value must not be shown.</summary>
    public bool Secret { get; } = secret;

    /// <summary>The value. Here it is known from the start.</summary>
    public string Value { get; } = value;

    /// <summary>The value, as Aspire hands it out.</summary>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Value);
    }
}
