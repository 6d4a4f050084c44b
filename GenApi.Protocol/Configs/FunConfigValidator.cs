using System.Text.Json;
using System.Text.RegularExpressions;
using GenApi.Protocol.Json;

namespace GenApi.Protocol.Configs;

/// <summary>Says everything that is wrong with a function config (the seed's <c>validate_with_details</c>).</summary>
public static class FunConfigValidator
{
    /// <summary>The most arguments a function may have.</summary>
    public const int MaximumArguments = 64;

    /// <summary>The most addresses that a function may name.</summary>
    public const int MaximumNodes = 1000;

    private const int MaximumNameLength = 128;
    private const int MaximumDescriptionLength = 2000;
    private const int MaximumPatternLength = 1000;
    private const int MaximumHookTimeout = 60_000;

    /// <summary>The time one match of a <c>pattern</c> may take.</summary>
    public static TimeSpan PatternTimeout { get; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Every reason why the gateway would refuse this config; empty for a valid one.</summary>
    public static IReadOnlyList<string> Validate(FunConfig config) => Validate(config, new HashSet<string>());

    /// <summary>The same for a config of which some members could not be read: nothing is said of these, and nothing that depends on them.</summary>
    internal static IReadOnlyList<string> Validate(FunConfig config, IReadOnlySet<string> unread)
    {
        var reasons = new List<string>();
        CheckName("service", config.Service);
        CheckName("request_type", config.RequestType);
        CheckVersion();
        if (config.Description is { Length: > MaximumDescriptionLength })
        {
            reasons.Add($"description must have at most {MaximumDescriptionLength} characters");
        }

        if (config.Nodes is NodeSet.Addresses addresses)
        {
            if (addresses.Items.Count > MaximumNodes)
            {
                reasons.Add($"nodes must have at most {MaximumNodes} addresses");
            }

            reasons.AddRange(addresses.Items
                .Where(address => !IsAddress(address))
                .Select(address => $"nodes: '{address}' must be an http or https address such as http://10.0.0.5:5090"));
        }

        if (config.Timeout.Milliseconds is < CallTimeout.Minimum or > CallTimeout.Maximum)
        {
            reasons.Add($"timeout must be from {CallTimeout.Minimum} to {CallTimeout.Maximum} ms, or \"infinity\"");
        }

        if (config.Function is not null)
        {
            CheckName("function", config.Function);
        }

        if (config.Retry is { Attempts: < 1 or > RetryPolicy.MaximumAttempts })
        {
            reasons.Add($"retry must ask for 1 to {RetryPolicy.MaximumAttempts} more attempts");
        }

        if (config.HookTimeout is < 1 or > MaximumHookTimeout)
        {
            reasons.Add($"hook_timeout must be from 1 to {MaximumHookTimeout} ms");
        }

        CheckArguments();
        return reasons;

        void CheckName(string member, string value)
        {
            if (!IsName(value) && !unread.Contains(member))
            {
                reasons.Add($"{member} must be 1 to {MaximumNameLength} letters, digits, '_', '-' or '.', but is '{value}'");
            }
        }

        void CheckVersion()
        {
            if (config.Version == "0.0.0")
            {
                reasons.Add("version \"0.0.0\" is reserved; use another, or leave it out");
            }
            else if (config.Version is not null)
            {
                CheckName("version", config.Version);
            }
        }

        void CheckArguments()
        {
            var arguments = config.ArgTypes ?? new Dictionary<string, ArgType>();
            if (arguments.Count > MaximumArguments)
            {
                reasons.Add($"arg_types must have at most {MaximumArguments} arguments");
            }

            foreach (var (name, type) in arguments)
            {
                if (name.Length is 0 or > MaximumNameLength)
                {
                    reasons.Add($"arg_types: an argument's name must have 1 to {MaximumNameLength} characters");
                }

                reasons.AddRange(ArgumentFaults(type).Select(fault => $"arg_types.{name}: {fault}"));
            }

            if (unread.Overlaps(["arg_types", "fixed_args", "arg_orders"]))
            {
                // Which arguments there are is not known.
                return;
            }

            foreach (var name in config.FixedArgs?.Keys.Where(arguments.ContainsKey) ?? [])
            {
                reasons.Add($"fixed_args.{name} stands in arg_types too; an argument is either fixed or given by the caller");
            }

            if (config.ArgOrders is { Names: { } order })
            {
                foreach (var name in order.Where(name => !arguments.ContainsKey(name) && config.FixedArgs?.ContainsKey(name) != true))
                {
                    reasons.Add($"arg_orders names '{name}', which stands in neither arg_types nor fixed_args");
                }

                foreach (var name in arguments.Keys.Except(order))
                {
                    reasons.Add($"arg_orders lacks '{name}', which stands in arg_types");
                }

                foreach (var name in order.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key))
                {
                    reasons.Add($"arg_orders names '{name}' more than once");
                }
            }

            // With arg_orders "map" the argument may stand one level deep, inside a map that arg_types declares.
            var named = config.CheckPermission is PermissionRule.Arg permission ? permission.Name : null;
            if (named is not null && !arguments.ContainsKey(named) && !(config.ArgOrders is { IsMap: true } && HasMap(arguments)))
            {
                reasons.Add($"check_permission names the argument '{named}', which stands not in arg_types");
            }

            var chosenBy = config.ChooseNodeMode switch
            {
                ChooseNodeMode.Hash hash => hash.Argument,
                ChooseNodeMode.Sticky sticky => sticky.Argument,
                _ => null,
            };
            if (chosenBy is not null && !arguments.ContainsKey(chosenBy))
            {
                reasons.Add($"choose_node_mode names the argument '{chosenBy}', which stands not in arg_types");
            }
        }
    }

    /// <summary>Whether a text can name a service, function or version.</summary>
    public static bool IsName(string? text) =>
        text is { Length: > 0 and <= MaximumNameLength } && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.');

    /// <summary>Whether a text is the base address of a node: http or https, a host, and nothing that a path is put behind.</summary>
    public static bool IsAddress(string? text) =>
        text?.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)) == false
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.Host.Length > 0
        && uri.AbsolutePath == "/"
        && uri.Query.Length == 0
        && uri.Fragment.Length == 0
        && uri.UserInfo.Length == 0;

    private static bool HasMap(IReadOnlyDictionary<string, ArgType> arguments) =>
        arguments.Values.Any(type => type.Kind is ArgKind.Map or ArgKind.Any);

    private static IEnumerable<string> ArgumentFaults(ArgType type)
    {
        var isString = type.Kind is ArgKind.String or ArgKind.ListString;
        var isNumber = type.Kind is ArgKind.Num or ArgKind.ListNum;
        var isMap = type.Kind is ArgKind.Map or ArgKind.ListMap;
        var isList = type.Kind is ArgKind.List or ArgKind.ListString or ArgKind.ListNum or ArgKind.ListUuid or ArgKind.ListMap;

        foreach (var (given, fits, name) in new[]
        {
            (type.MaxBytes is not null, type.Kind is ArgKind.String or ArgKind.Map or ArgKind.Any, "max_bytes"),
            (type.MaxItems is not null, isList || type.Kind == ArgKind.Map, "max_items"),
            (type.MaxItemBytes is not null, isList, "max_item_bytes"),
            (type.Required is not null, isMap, "required"),
            (type.Accept is not null, isMap, "accept"),
            (type.Min is not null, isNumber, "min"),
            (type.Max is not null, isNumber, "max"),
            (type.Pattern is not null, isString, "pattern"),
            (type.Enum is not null, type.Kind is not (ArgKind.List or ArgKind.ListMap or ArgKind.Map or ArgKind.Any), "enum"),
        })
        {
            if (given && !fits)
            {
                yield return $"{name} does not apply to {type.KindName}";
            }
        }

        if (type.Min > type.Max)
        {
            yield return "min is greater than max";
        }

        foreach (var name in type.Accept is { } accept ? type.Required?.Except(accept) ?? [] : [])
        {
            yield return $"required names '{name}', which accept does not";
        }

        if (type.Pattern is { } pattern && PatternFault(pattern) is { } fault)
        {
            yield return fault;
        }

        if (type.DefaultValue == RawJson.Null && !type.AllowNil)
        {
            yield return "default_value null needs allow_nil";
        }
        else if (!type.DefaultValue.IsEmpty && type.DefaultValue != RawJson.Null && !Fits(type.Kind, type.DefaultValue))
        {
            yield return $"default_value is not a {type.KindName}";
        }
    }

    private static string? PatternFault(string pattern)
    {
        if (pattern.Length > MaximumPatternLength)
        {
            return $"pattern must have at most {MaximumPatternLength} characters";
        }

        try
        {
            _ = new Regex(pattern, RegexOptions.CultureInvariant, PatternTimeout);
            return null;
        }
        catch (ArgumentException error)
        {
            return $"pattern is not a regular expression: {error.Message}";
        }
    }

    private static bool Fits(ArgKind kind, RawJson value)
    {
        var reader = new Utf8JsonReader(value.Utf8.Span);
        reader.Read();
        return kind switch
        {
            ArgKind.String or ArgKind.Uuid or ArgKind.Datetime or ArgKind.NaiveDatetime => reader.TokenType == JsonTokenType.String,
            ArgKind.Num => reader.TokenType == JsonTokenType.Number,
            ArgKind.Boolean => reader.TokenType is JsonTokenType.True or JsonTokenType.False,
            ArgKind.Map => reader.TokenType == JsonTokenType.StartObject,
            ArgKind.Any => true,
            _ => reader.TokenType == JsonTokenType.StartArray,
        };
    }
}
