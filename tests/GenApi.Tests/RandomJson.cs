using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace GenApi.Tests;

/// <summary>Random JSON texts, with the white space, escapes and nesting that a client may send.</summary>
internal static class RandomJson
{
    private static readonly Gen<string> Space = Gen.Elements("", "", "", " ", "\n", "\t ", "\r\n  ");

    private static readonly Gen<string> StringBody = Gen.Elements(
            "a", "Z", "0", " ", "é", "日本", "😀", "/", "<", "&", "\\\"", "\\\\", "\\/", "\\n", "\\t", "\\u0041", "\\u00e9", "\\ud83d\\ude00", "{", "}", "[", ",", ":")
        .ListOf()
        .Select(parts => string.Concat(parts));

    private static readonly Gen<string> Scalar = Gen.Frequency(
        (3, StringBody.Select(body => $"\"{body}\"")),
        (2, Gen.Elements("0", "-0", "1", "-17", "3.25", "1e3", "1E-7", "123456789012345678901234567890", "0.1")),
        (1, Gen.Elements("true", "false", "null")));

    /// <summary>A value with what it is without white space.</summary>
    public static Arbitrary<JsonSample> Values => Gen.Sized(size => Value(Math.Min(size, 24))).ToArbitrary();

    private static Gen<JsonSample> Value(int size)
    {
        var scalar = Scalar.Select(text => new JsonSample(text, text));
        if (size <= 1)
        {
            return scalar;
        }

        var items = Value(size / 3).ListOf().Select(list => list.Take(4).ToList());
        var members = StringBody.SelectMany(name => Value(size / 3).Select(value => (Name: $"\"{name}\"", Value: value)))
            .ListOf()
            .Select(list => list.Take(4).ToList());
        return Gen.Frequency(
            (1, scalar),
            (2, Space.SelectMany(space => items.Select(list => new JsonSample(
                $"[{space}{string.Join($"{space},{space}", list.Select(item => item.Text))}{space}]",
                $"[{string.Join(",", list.Select(item => item.Minimal))}]")))),
            (2, Space.SelectMany(space => members.Select(list => new JsonSample(
                $"{{{space}{string.Join($",{space}", list.Select(member => $"{member.Name}{space}:{space}{member.Value.Text}"))}{space}}}",
                $"{{{string.Join(",", list.Select(member => $"{member.Name}:{member.Value.Minimal}"))}}}")))));
    }
}

/// <param name="Text">As a client sends it.</param>
/// <param name="Minimal">The same without white space.</param>
internal sealed record JsonSample(string Text, string Minimal)
{
    public byte[] Utf8 => Encoding.UTF8.GetBytes(Text);
}
