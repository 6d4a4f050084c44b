using System.Text.Json;
using GenApi.Calls.Tests.Running;
using GenApi.Gateway;
using GenApi.Gateway.Hooks;
using GenApi.Gateway.Nodes.Resolvers;
using GenApi.Gateway.Nodes.Selection;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Calls.Tests.Table;

/// <summary>A gateway with everything that configs can name, two nodes, and every row of the table pushed to it.</summary>
public sealed class TableCluster : IAsyncLifetime
{
    internal const string Service = "table";

    private readonly Dictionary<string, string> _tokens = [];

    internal Cluster Cluster { get; private set; } = null!;

    /// <summary>The function configs as they were pushed.</summary>
    internal string Pushed { get; private set; } = "";

    internal Gates Gates => Cluster.Gates;

    public async ValueTask InitializeAsync()
    {
        Cluster = await Cluster.StartAsync(new ClusterOptions
        {
            HostsFunctions = true,
            GatewaySettings = new Dictionary<string, string?>
            {
                ["GenApi:RequireVerifiedUserId"] = "false",

                // Many rows fail on purpose; they must not close the nodes for the others.
                ["GenApi:Nodes:Breaker:ConsecutiveFailures"] = "10000",
                ["GenApi:Nodes:Breaker:MinimumCalls"] = "1000000",
            },
            ConfigureGateway = builder =>
            {
                builder.Services.AddBeforeCall<ContinueHook>("continue").AddBeforeCall<RefuseHook>("refuse").AddBeforeCall<ChangeHook>("change")
                    .AddBeforeCall<ThrowingHook>("throw").AddBeforeCall<HangingHook>("hang")
                    .AddAfterCall<KeepHook>("keep").AddAfterCall<WrapHook>("wrap").AddAfterCall<ThrowingHook>("throw").AddAfterCall<HangingHook>("hang");
                builder.Services.AddNodeSelector<LastNode>("last").AddNodeSelector<NoNode>("none").AddNodeSelector<ThrowingSelector>("throw");
                builder.Services.AddNodeResolver<ArgumentResolver>("as_given").AddNodeResolver<ThrowingResolver>("throw");
                builder.Services.AddAuthorizationBuilder()
                    .AddPolicy("is_alice", policy => policy.RequireAssertion(context => context.User.Identity?.Name == "alice"
                        || context.User.HasClaim(claim => claim.Value == "alice")))
                    .AddPolicy("throws", policy => policy.RequireAssertion(bool (_) => throw new InvalidOperationException("the policy's fault")));
            },
        });

        foreach (var (user, roles) in new[] { ("alice", Array.Empty<string>()), ("bob", []), ("carol", ["editor"]), ("42", []) })
        {
            _tokens[user] = await Cluster.Api.TokenAsync(user, roles);
        }

        Cluster.Gateway.Configuration["GenApi:NodeLists:only_a:0"] = Address("a");
        Pushed = string.Join(",\n", ConfigTable.Rows.Select(row => ConfigOf(row)));
        await Cluster.PushAsync(Service, Pushed, "a", "b");
    }

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    /// <summary>The token of one of the table's users; null for nobody.</summary>
    internal string? TokenOf(string? user) => user is null ? null : _tokens[user];

    /// <summary>The row's config in JSON, with the nodes' addresses in it.</summary>
    internal string ConfigOf(Row row)
    {
        var members = row.Config
            .Replace("$a_port", Cluster.Nodes["a"].Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("$a", Address("a"), StringComparison.Ordinal)
            .Replace("$b", Address("b"), StringComparison.Ordinal);
        return $$"""{"request_type":"{{row.Function}}"{{(members.Length == 0 ? "" : ",")}}{{members}}}""";
    }

    private string Address(string node) => Cluster.Nodes[node].Address.ToString().TrimEnd('/');

    private sealed class ContinueHook : IBeforeCall
    {
        public ValueTask<BeforeCallResult> BeforeAsync(HookCall call, CancellationToken cancellationToken) => new(BeforeCallResult.Continue);
    }

    private sealed class RefuseHook : IBeforeCall
    {
        public ValueTask<BeforeCallResult> BeforeAsync(HookCall call, CancellationToken cancellationToken) =>
            new(BeforeCallResult.Reject($"{call.UserId} may not today"));
    }

    private sealed class ChangeHook : IBeforeCall
    {
        public ValueTask<BeforeCallResult> BeforeAsync(HookCall call, CancellationToken cancellationToken)
        {
            var args = JsonElement.Parse(call.Args.Utf8.Span);
            var (a, b) = (args.GetProperty("a").GetInt32() * 10, args.GetProperty("b").GetInt32() * 10);
            return new(BeforeCallResult.WithArgs(RawJson.FromString($$"""{"a":{{a}},"b":{{b}}}""")));
        }
    }

    private sealed class KeepHook : IAfterCall
    {
        public ValueTask<RawJson?> AfterAsync(HookCall call, CallResponse response, CancellationToken cancellationToken) => new((RawJson?)null);
    }

    private sealed class WrapHook : IAfterCall
    {
        public ValueTask<RawJson?> AfterAsync(HookCall call, CallResponse response, CancellationToken cancellationToken) =>
            new(RawJson.FromString($$"""{"sum":{{response.Result}},"service":"{{call.Service}}","user":"{{call.UserId}}"}"""));
    }

    private sealed class ThrowingHook : IBeforeCall, IAfterCall
    {
        public ValueTask<BeforeCallResult> BeforeAsync(HookCall call, CancellationToken cancellationToken) => throw new InvalidOperationException("the hook's fault");

        public ValueTask<RawJson?> AfterAsync(HookCall call, CallResponse response, CancellationToken cancellationToken) => throw new InvalidOperationException("the hook's fault");
    }

    private sealed class HangingHook : IBeforeCall, IAfterCall
    {
        /// <summary>Does not even listen to its token.</summary>
        public async ValueTask<BeforeCallResult> BeforeAsync(HookCall call, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return BeforeCallResult.Continue;
        }

        public async ValueTask<RawJson?> AfterAsync(HookCall call, CallResponse response, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return null;
        }
    }

    private sealed class LastNode : INodeSelector
    {
        public int Select(in NodeChoice choice) => choice.Nodes.Count - 1;
    }

    private sealed class NoNode : INodeSelector
    {
        public int Select(in NodeChoice choice) => -1;
    }

    private sealed class ThrowingSelector : INodeSelector
    {
        public int Select(in NodeChoice choice) => throw new InvalidOperationException("the selector's fault");
    }

    private sealed class ArgumentResolver : INodeResolver
    {
        public Task<IReadOnlyList<string>> ResolveAsync(IReadOnlyList<string> args, CancellationToken cancellationToken) => Task.FromResult(args);
    }

    private sealed class ThrowingResolver : INodeResolver
    {
        public Task<IReadOnlyList<string>> ResolveAsync(IReadOnlyList<string> args, CancellationToken cancellationToken) => throw new InvalidOperationException("the resolver's fault");
    }
}
