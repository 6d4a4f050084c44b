using System.Globalization;
using System.Reflection;

namespace GenApi.Tests.Docs;

/// <summary>An option of an options class, found by reflection.</summary>
/// <param name="Setting">The name in configuration; <c>N</c> stands for an index.</param>
/// <param name="Path">The properties that lead to it from the options object; a list among them stands for its first entry.</param>
internal sealed record Option(string Setting, IReadOnlyList<PropertyInfo> Path)
{
    public Type Type => Nullable.GetUnderlyingType(Path[^1].PropertyType) ?? Path[^1].PropertyType;

    /// <summary>The value that an options object has.</summary>
    public object? Read(object options) => Path[^1].GetValue(Owner(options));

    /// <summary>Gives an options object another value.</summary>
    public void Write(object options, object value) => Path[^1].SetValue(Owner(options), value);

    private object Owner(object options) => Path.SkipLast(1).Aggregate(options, (owner, property) =>
        property.GetValue(owner) is System.Collections.IList list ? list[0]! : property.GetValue(owner)!);
}

/// <summary>What an options class can be told.</summary>
internal static class OptionTree
{
    public static IReadOnlyList<Option> Of(object options, string section) => [.. Walk(options, section, [])];

    /// <summary>Gives each list of options an entry, as it is by default.</summary>
    public static void Fill(object options)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0))
        {
            var value = property.GetValue(options);
            if (value is System.Collections.IList { Count: 0 } list && IsOfOptions(property.PropertyType))
            {
                list.Add(Activator.CreateInstance(property.PropertyType.GetGenericArguments()[^1]));
            }
            else if (value is not null && IsOptions(property.PropertyType))
            {
                Fill(value);
            }
        }
    }

    /// <summary>A value as the page writes it.</summary>
    public static string Show(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>A value as the page writes it, read.</summary>
    public static object Read(string text, Type type) =>
        type == typeof(TimeSpan) ? TimeSpan.Parse(text, CultureInfo.InvariantCulture)
        : type.IsEnum ? Enum.Parse(type, text)
        : Convert.ChangeType(text, type, CultureInfo.InvariantCulture);

    private static IEnumerable<Option> Walk(object owner, string section, IReadOnlyList<PropertyInfo> path)
    {
        foreach (var property in owner.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0))
        {
            IReadOnlyList<PropertyInfo> here = [.. path, property];
            var value = property.GetValue(owner);
            if (value is System.Collections.IList { Count: > 0 } entries && IsOfOptions(property.PropertyType))
            {
                foreach (var option in Walk(entries[0]!, $"{section}:{property.Name}:N", here))
                {
                    yield return option;
                }
            }
            else if (value is not null && IsOptions(property.PropertyType))
            {
                foreach (var option in Walk(value, $"{section}:{property.Name}", here))
                {
                    yield return option;
                }
            }
            else if (property.CanWrite || value is System.Collections.IEnumerable)
            {
                yield return new Option($"{section}:{property.Name}", here);
            }
        }
    }

    private static bool IsOptions(Type type) => type.IsClass && type.Namespace?.StartsWith(nameof(System), StringComparison.Ordinal) is false;

    private static bool IsOfOptions(Type type) => type.IsGenericType && IsOptions(type.GetGenericArguments()[^1]);
}
