using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Text.Json;
using GenApi.Cli.Connection;
using GenApi.Cli.Printing;

namespace GenApi.Cli.Completion;

/// <summary>
/// Values that a shell may offer for arguments and options, as the gateway knows them. Commands say here which of theirs take a function, a trace and so
/// on; the gateway is asked only while a command line of theirs is completed.
/// </summary>
internal sealed class Suggestions
{
    private const string Functions = "functions";
    private const string Unversioned = "-";

    private readonly Dictionary<Symbol, string> _paths = [];
    private readonly Dictionary<string, JsonElement> _answers = [];
    private Option? _gateway;

    /// <summary>The arguments name a function: its service, then the function, then its version.</summary>
    /// <param name="service">The service.</param>
    /// <param name="type">The function; null: the service alone is asked for.</param>
    /// <param name="version">Its version; null: it is not asked for here.</param>
    /// <param name="unversioned">Whether <c>-</c> stands for the function without a version.</param>
    public void OfFunction(Argument service, Argument? type = null, Argument? version = null, bool unversioned = false)
    {
        Add(service, Functions, (known, _) => Services(known));
        if (type is not null)
        {
            Add(type, Functions, (known, context) => Types(known, context.Text(service)));
        }

        if (version is not null)
        {
            Add(version, Functions, (known, context) => Versions(known, context.Text(service), type is null ? null : context.Text(type), unversioned));
        }
    }

    /// <summary>The option is the version of the function that the arguments name.</summary>
    public void OfVersion(Option option, Argument service, Argument type) =>
        Add(option, Functions, (known, context) => Versions(known, context.Text(service), context.Text(type), unversioned: false));

    /// <summary>The option is a service.</summary>
    public void OfService(Option option) => Add(option, Functions, (known, _) => Services(known));

    /// <summary>The option is <c>global</c> or a function, as the scope of a rate limit.</summary>
    public void OfScope(Option option) =>
        Add(option, Functions, (known, _) => known.Items().Select(function => $"{function.Show("service")}/{function.Show("request_type")}").Prepend("global"));

    /// <summary>The argument is the key of a limit over all functions.</summary>
    public void OfGlobalLimit(Argument argument) => Add(argument, "rate-limits/global", (known, _) => known.Items().Select(limit => limit.Show("key")));

    /// <summary>The option, which every command has, is a gateway.</summary>
    public void OfGateway(Option option)
    {
        Add(option, "cluster", (known, _) => known.At("gateways").Items().SelectMany(gateway => new[] { gateway.Show("id"), gateway.At("figures").Show("instance_id") }));
        _gateway = option;
    }

    /// <summary>The argument is the id of a trace.</summary>
    public void OfTrace(Argument argument) => Add(argument, "trace", (known, _) => known.At("traces").Items().Select(trace => trace.Show("id")));

    /// <summary>The argument is the request id of a stream.</summary>
    public void OfStream(Argument argument) => Add(argument, "streams", (known, _) => known.Items().Select(stream => stream.Show("request_id")));

    /// <summary>The option takes some of these words, with commas in between.</summary>
    public static void OfWords(Option option, IReadOnlyList<string> words) => option.CompletionSources.Add(context =>
    {
        var before = context.WordToComplete[..(context.WordToComplete.LastIndexOf(',') + 1)];
        return words.Except(before.Split(',')).Select(word => new CompletionItem($"{before}{word}"));
    });

    /// <summary>Asks the gateway for what the command on this line may be given.</summary>
    /// <param name="parsed">The command line as far as it is typed.</param>
    /// <param name="word">What is typed of the word that is being completed.</param>
    /// <param name="gateway">Where to ask; made only if it is needed.</param>
    /// <param name="cancellationToken">Nobody waits any more.</param>
    public async Task AskAsync(ParseResult parsed, string word, Func<GatewayClient> gateway, CancellationToken cancellationToken)
    {
        var command = parsed.CommandResult.Command;
        IEnumerable<Symbol> asked = IsGatewayNext(parsed, word) ? [_gateway!] : command.Arguments.Concat<Symbol>(command.Options.Where(option => option != _gateway));
        foreach (var path in asked.Select(_paths.GetValueOrDefault).OfType<string>().Distinct())
        {
            _answers[path] = await gateway().AdminGetAsync(path, cancellationToken);
        }
    }

    /// <summary>Whether the word that is being completed is the gateway's name, which then is no gateway that can be asked.</summary>
    /// <param name="parsed">The command line as far as it is typed.</param>
    /// <param name="word">What is typed of that word.</param>
    public bool IsGatewayNext(ParseResult parsed, string word) =>
        _gateway is not null && parsed.Tokens.SkipLast(word.Length > 0 ? 1 : 0).LastOrDefault() is { Type: TokenType.Option } last && last.Value == _gateway.Name;

    private void Add(Argument argument, string path, Func<JsonElement, CompletionContext, IEnumerable<string>> values)
    {
        _paths[argument] = path;
        argument.CompletionSources.Add(context => argument.IsNext(context) ? Items(path, context, values) : []);
    }

    private void Add(Option option, string path, Func<JsonElement, CompletionContext, IEnumerable<string>> values)
    {
        _paths[option] = path;
        option.CompletionSources.Add(context => Items(path, context, values));
    }

    private IEnumerable<CompletionItem> Items(string path, CompletionContext context, Func<JsonElement, CompletionContext, IEnumerable<string>> values) =>
        _answers.TryGetValue(path, out var known) ? values(known, context).Distinct().Select(value => new CompletionItem(value)) : [];

    private static IEnumerable<string> Services(JsonElement known) => known.Items().Select(function => function.Show("service"));

    private static IEnumerable<string> Types(JsonElement known, string? service) =>
        known.Items().Where(function => function.Show("service") == service).Select(function => function.Show("request_type"));

    private static IEnumerable<string> Versions(JsonElement known, string? service, string? type, bool unversioned) => known.Items()
        .Where(function => function.Show("service") == service && function.Show("request_type") == type)
        .Select(function => function.Find("version") is not null ? function.Show("version") : unversioned ? Unversioned : "");
}
