using System.Text.Json;
using GenApi.Node.Calls;
using GenApi.Node.Functions;
using GenApi.Protocol.Configs;

namespace GenApi.Gateway.Tests.Cluster;

/// <summary>What the nodes of the tests can do.</summary>
internal static class TestFunctions
{
    public const string Service = "test";

    public static void Map(NodeBuilder node, string name, Gates gates)
    {
        node.Map("echo", (string message) => message);
        node.Map("echo_any", (JsonElement value) => value);
        node.Map("add", (int a, int b = 10) => a + b);
        node.Map("typed", (string text, int number, Guid id, string? note) => text);
        node.Map("big", (int whole) => whole).Configure(config => config with
        {
            // The gateway lets any number pass; the node's own type is narrower.
            ArgTypes = new Dictionary<string, ArgType> { ["whole"] = new(ArgKind.Num) },
        });
        node.Map("nothing", () => { });
        node.Map("letters", (int count) => new string('x', count));
        node.Map("node", () => name);
        node.Map("whoami", (CallContext call) => new { call.UserId, call.DeviceId, call.Roles, call.RequestId, call.Service, call.RequestType, call.Version });
        node.Map("tenant", (string tenant, string text) => $"{tenant}:{text}").Configure(config => config with
        {
            ArgTypes = new Dictionary<string, ArgType> { ["text"] = new(ArgKind.String) },
            ArgOrders = new ArgOrders(["tenant", "text"]),
            FixedArgs = new Dictionary<string, JsonElement> { ["tenant"] = JsonSerializer.SerializeToElement("blue") },
        });

        node.Map("authenticated", () => true).RequireAuthenticated();
        node.Map("own", (string userId) => userId).RequireArgument("user_id");
        node.Map("admin", () => true).RequireRole("admin", "boss");
        node.Map("by_policy", () => true).With(new RequirePolicyAttribute("no_such_policy"));

        node.Map("fail", string () => throw new FunctionException("The secret reason."));
        node.Map("throw", string () => throw new InvalidOperationException("The secret fault."));
        node.Map("disabled", () => true).Configure(config => config with { Disabled = true });
        node.Map("versioned", () => "one").WithVersion("1.9.0");
        node.Map("versioned", () => "two").WithVersion("1.10.0");
        node.Map("versioned", () => "three").WithVersion("2.0.0").Configure(config => config with { Disabled = true });

        // The gateway has no selector of that name, and cannot even say so.
        node.Map("breaks_the_gateway", () => true).With(new CustomNodeAttribute(LogLines.Unwritable));

        node.Map("hold", (string key, CancellationToken cancellation) => HoldAsync(key, cancellation)).WithTimeout(Timeout.InfiniteTimeSpan);
        node.Map("hold_briefly", (string key, CancellationToken cancellation) => HoldAsync(key, cancellation)).WithTimeout(TimeSpan.FromMilliseconds(100));
        node.Map("meet", async (string key, int count, CancellationToken cancellation) => await gates[key].MeetAsync(name, count, cancellation)).WithTimeout(TimeSpan.FromSeconds(60));

        async Task<string> HoldAsync(string key, CancellationToken cancellation)
        {
            await gates[key].HoldAsync(name, cancellation);
            return name;
        }
    }
}
