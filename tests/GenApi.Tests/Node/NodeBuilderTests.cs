using GenApi.Node.Calls;
using GenApi.Node.Functions;
using GenApi.Protocol.Configs;

namespace GenApi.Tests.Node;

public sealed class NodeBuilderTests
{
    [Fact]
    public void A_delegate_becomes_a_config()
    {
        var builder = new NodeBuilder("shop") { Version = "1.0.0" };
        builder.Map("get_order", (string orderId, CallContext call) => orderId)
            .WithDescription("Gets an order.")
            .WithTimeout(TimeSpan.FromSeconds(2))
            .RequireRole("clerk", "boss")
            .Configure(config => config with { ChooseNodeMode = new ChooseNodeMode.RoundRobin() });

        var config = Assert.Single(builder.Build(null).Configs);

        Assert.Equal(new FunctionKey("shop", "get_order", "1.0.0"), config.Key);
        Assert.Equal("Gets an order.", config.Description);
        Assert.Equal(2000, config.Timeout.Milliseconds);
        Assert.Equal(["clerk", "boss"], Assert.IsType<PermissionRule.Role>(config.CheckPermission).Roles);
        Assert.Equal(new ChooseNodeMode.RoundRobin(), config.ChooseNodeMode);
        Assert.Equal(["order_id"], config.ArgOrders!.Names);
        Assert.True(config.RequestInfo);
        Assert.Equal(ResponseType.Sync, config.ResponseType);
    }

    [Fact]
    public void Attributes_set_every_part_of_the_config()
    {
        var builder = new NodeBuilder("shop");
        builder.MapFunctions<Attributed>();
        var configs = builder.Build(null).Configs.ToDictionary(config => config.RequestType);

        Assert.Equal(new PermissionRule.AnyAuthenticated(), configs["authenticated"].CheckPermission);
        Assert.Equal(new PermissionRule.Arg("user_id"), configs["own"].CheckPermission);
        Assert.Equal(new PermissionRule.Policy("grown_up"), configs["policy"].CheckPermission);
        Assert.Equal(new PermissionCallback.Function("may_call"), configs["callback"].PermissionCallback);
        Assert.Equal(750, configs["short"].Timeout.Milliseconds);
        Assert.Null(configs["endless"].Timeout.Milliseconds);
        Assert.Equal(ResponseType.Async, configs["later"].ResponseType);
        Assert.Equal(ResponseType.None, configs["forget"].ResponseType);
        Assert.Equal(ResponseType.Stream, configs["stream"].ResponseType);
        Assert.Equal(new ChooseNodeMode.LeastBusy(), configs["busy"].ChooseNodeMode);
        Assert.Equal(new ChooseNodeMode.Hash("id"), configs["hashed"].ChooseNodeMode);
        Assert.Equal(new ChooseNodeMode.Sticky("id"), configs["sticky"].ChooseNodeMode);
        Assert.Equal(new ChooseNodeMode.Custom("mine"), configs["custom"].ChooseNodeMode);
        Assert.Equal(new RetryPolicy(RetryMode.SameNode, 3), configs["retried"].Retry);
        Assert.Equal(new HookRef.Gateway("audit"), configs["hooked"].BeforeExecute);
        Assert.Equal(new HookRef.Function("mask"), configs["hooked"].AfterExecute);
        Assert.Equal(900, configs["hooked"].HookTimeout);
        Assert.Equal("2.0.0", configs["versioned"].Version);
        Assert.Equal("What it does.", configs["versioned"].Description);
        Assert.DoesNotContain("mask", configs.Keys);
    }

    [Fact]
    public void Versions_of_one_function_stand_side_by_side()
    {
        var builder = new NodeBuilder("shop");
        builder.Map("get", () => 1).WithVersion("1.0.0");
        builder.Map("get", () => 2).WithVersion("2.0.0");
        var registry = builder.Build(null);

        Assert.Equal(2, registry.Configs.Select(config => config.Key).Distinct().Count());
        Assert.All(registry.Configs, config => Assert.NotNull(registry.Find(config.FunctionName)));
        Assert.Equal(2, registry.Configs.Select(config => config.FunctionName).Distinct().Count());
    }

    [Fact]
    public void Two_functions_of_one_name_and_version_are_refused()
    {
        var builder = new NodeBuilder("shop");
        builder.Map("get", () => 1);
        builder.Map("get", () => 2);

        Assert.Contains("'get'", Assert.Throws<InvalidOperationException>(() => builder.Build(null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_config_that_the_gateway_would_refuse_is_refused_here_with_every_reason()
    {
        var builder = new NodeBuilder("shop");
        builder.Map("a b", (int id) => id).WithTimeout(TimeSpan.FromMilliseconds(1)).RequireArgument("user_id");

        var message = Assert.Throws<InvalidOperationException>(() => builder.Build(null)).Message;

        Assert.Contains("request_type", message, StringComparison.Ordinal);
        Assert.Contains("timeout", message, StringComparison.Ordinal);
        Assert.Contains("user_id", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_without_functions_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => new NodeBuilder("shop").MapFunctions<string>());

    [Fact]
    public void Internal_functions_are_run_and_not_pushed()
    {
        var builder = new NodeBuilder("shop");
        builder.Map("get", () => 1);
        builder.MapInternal("check", () => true);
        var registry = builder.Build(null);

        Assert.NotNull(registry.Find("check"));
        Assert.Equal(["get"], registry.Configs.Select(config => config.RequestType));
        Assert.Null(registry.Find("absent"));
    }

    [Fact]
    public void The_config_version_changes_with_the_configs_and_only_with_them()
    {
        static string Version(string description, string? given = null)
        {
            var builder = new NodeBuilder("shop") { ConfigVersion = given };
            builder.Map("get", (int id = 3) => id).WithDescription(description);
            return builder.Build(null).ConfigVersion;
        }

        Assert.Equal(Version("a"), Version("a"));
        Assert.NotEqual(Version("a"), Version("b"));
        Assert.Equal("mine", Version("a", "mine"));
    }

    internal sealed class Attributed
    {
        [Function]
        [RequireAuthenticated]
        public static int Authenticated() => 1;

        [Function]
        [RequireArgument("user_id")]
        public static string Own(string userId) => userId;

        [Function]
        [RequirePolicy("grown_up")]
        public static int Policy() => 1;

        [Function]
        [PermissionCallback(Function = "may_call")]
        public static int Callback() => 1;

        [Function]
        [CallTimeout(750)]
        public static int Short() => 1;

        [Function]
        [CallTimeout(0)]
        public static int Endless() => 1;

        [Function]
        [AnswerLater]
        public static int Later() => 1;

        [Function]
        [FireAndForget]
        public static void Forget()
        {
        }

        [Function]
        public static async IAsyncEnumerable<int> Stream()
        {
            await Task.Yield();
            yield return 1;
        }

        [Function]
        [ChooseNode("least_busy")]
        public static int Busy() => 1;

        [Function]
        [HashBy("id")]
        public static int Hashed(int id) => id;

        [Function]
        [StickyBy("id")]
        public static int Sticky(int id) => id;

        [Function]
        [CustomNode("mine")]
        public static int Custom() => 1;

        [Function]
        [Retry(3, RetryMode.SameNode)]
        public static int Retried() => 1;

        [Function]
        [BeforeExecute(Gateway = "audit")]
        [AfterExecute(Function = "mask", TimeoutMs = 900)]
        public static int Hooked() => 1;

        [Function(Version = "2.0.0", Description = "What it does.")]
        public static int Versioned() => 1;

        [InternalFunction]
        public static int Mask() => 1;
    }
}
