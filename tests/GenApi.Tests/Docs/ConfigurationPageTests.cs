using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using GenApi.Gateway;
using GenApi.Gateway.RateLimits;
using GenApi.Node;

namespace GenApi.Tests.Docs;

/// <summary>docs/configuration.md says of every option what the code says: that there is one, its default, its range.</summary>
public sealed partial class ConfigurationPageTests
{
    private const string Secret = "0123456789abcdef";

    // Read by other means than the options classes.
    private static readonly string[] BesideGatewayOptions = ["ConnectionStrings:redis", "GenApi:NodeLists:NAME"];
    private static readonly string[] BesideNodeOptions = ["GenApi:ClusterToken", "services:gateway:http:0"];

    // A limit of one function and one of all functions are of one class; these two make the difference.
    private static readonly string[] NotForAll = ["GenApi:RateLimits:GlobalLimits:N:RequestType", "GenApi:RateLimits:GlobalLimits:N:Service"];

    public static TheoryData<string> Programs => ["Gateway", "Node"];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Every_option_has_a_row_and_every_row_has_an_option(string program)
    {
        var documented = ConfigurationPage.RowsUnder(program).Select(row => row.Setting).ToList();

        Assert.Equal(documented.Distinct(), documented);
        Assert.Equal(
            OptionsOf(program).Select(option => option.Setting).Except(NotForAll).Order(StringComparer.Ordinal),
            documented.Except(program == "Gateway" ? BesideGatewayOptions : BesideNodeOptions).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void The_defaults_are_those_of_the_code(string program)
    {
        var options = Create(program, token: null);
        var wrong = new List<string>();
        foreach (var (option, row) in Documented(program))
        {
            // Words, such as "none", are for what has no value; a value stands in backquotes.
            var written = Value().Match(row.Default) is { Success: true } value ? value.Groups[1].Value : null;
            var actual = option.Setting.Contains(":N:", StringComparison.Ordinal) && row.Default.Length == 0 ? null : option.Read(options);
            var right = actual switch
            {
                null or "" => written is null || !written.Any(char.IsDigit),
                string text => written == text,
                IEnumerable list => list.Cast<object>().Any() || written is null,
                TimeSpan time => written is not null && TimeSpan.TryParse(written, CultureInfo.InvariantCulture, out var parsed) && parsed == time,
                _ => written == OptionTree.Show(actual),
            };
            if (!right)
            {
                wrong.Add($"{option.Setting}: the page says {row.Default}, the code {OptionTree.Show(actual!)}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void The_ranges_are_those_that_the_validator_enforces(string program)
    {
        var wrong = new List<string>();
        foreach (var (option, row) in Documented(program))
        {
            if (!IsMeasured(option.Type))
            {
                continue;
            }

            if (Between().Match(row.Range) is not { Success: true } range)
            {
                wrong.Add($"{option.Setting}: the page has no range such as 1–100, or 1 and up");
                continue;
            }

            var least = OptionTree.Read(range.Groups["least"].Value, option.Type);
            Expect(least, accepted: true);
            Expect(Neighbour(least, -1), accepted: false);
            if (range.Groups["most"] is { Success: true } highest)
            {
                var most = OptionTree.Read(highest.Value, option.Type);
                Expect(most, accepted: true);
                Expect(Neighbour(most, 1), accepted: false);
            }

            void Expect(object value, bool accepted)
            {
                var options = Create(program);
                option.Write(options, value);
                if (FaultsOf(options).Any(fault => Names(fault, option)) == accepted)
                {
                    wrong.Add($"{option.Setting}: the page says {row.Range}, but the validator {(accepted ? "refuses" : "accepts")} {OptionTree.Show(value)}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static IReadOnlyList<Option> OptionsOf(string program) => OptionTree.Of(Create(program), program == "Gateway" ? GenApiGatewayOptions.Section : GenApiNodeOptions.Section);

    private static IEnumerable<(Option Option, SettingRow Row)> Documented(string program)
    {
        var rows = ConfigurationPage.RowsUnder(program);
        return OptionsOf(program).Join(rows, option => option.Setting, row => row.Setting, (option, row) => (option, row));
    }

    /// <summary>Options as they are by default, with an entry in each list of options.</summary>
    private static object Create(string program, string? token = Secret)
    {
        if (program == "Node")
        {
            return new GenApiNodeOptions { ClusterToken = token };
        }

        var options = new GenApiGatewayOptions();
        options.RateLimits.GlobalLimits.Add(new RateLimit { Key = "user_id", MaxRequests = 1, WindowMs = 1000 });
        options.RateLimits.ApiLimits.Add(new RateLimit { Service = "users", RequestType = "get", Key = "user_id", MaxRequests = 1, WindowMs = 1000 });
        OptionTree.Fill(options);
        return options;
    }

    private static IEnumerable<string> FaultsOf(object options) => options switch
    {
        GenApiGatewayOptions gateway => new GenApiGatewayOptionsValidator().Validate(null, gateway).Failures ?? [],
        GenApiNodeOptions node => new GenApiNodeOptionsValidator().Validate(null, node).Failures ?? [],
        _ => throw new ArgumentException("No options.", nameof(options)),
    };

    /// <summary>Whether a sentence is about an option: by its whole name, or by its entry in a list and its name in the JSON contract.</summary>
    private static bool Names(string fault, Option option)
    {
        var setting = option.Setting.Replace(":N:", ":0:", StringComparison.Ordinal);
        return fault.StartsWith($"{setting} ", StringComparison.Ordinal)
            || (setting.LastIndexOf(":0:", StringComparison.Ordinal) is var entry and >= 0
                && fault.StartsWith($"{setting[..entry]}[0] has {JsonNamingPolicy.SnakeCaseLower.ConvertName(option.Path[^1].Name)} ", StringComparison.Ordinal));
    }

    private static bool IsMeasured(Type type) => type == typeof(int) || type == typeof(long) || type == typeof(double) || type == typeof(TimeSpan);

    private static object Neighbour(object value, int direction) => value switch
    {
        int number => number + direction,
        long number => number + direction,
        double number => direction < 0 ? Math.BitDecrement(number) : Math.BitIncrement(number),
        TimeSpan time => time + TimeSpan.FromTicks(direction),
        _ => throw new ArgumentException("Not measured.", nameof(value)),
    };

    [GeneratedRegex("^`([^`]*)`$")]
    private static partial Regex Value();

    [GeneratedRegex("^`?(?<least>[0-9][^`– ]*)`?( and up|–`?(?<most>[0-9][^`–]*?)`?)$")]
    private static partial Regex Between();
}
