using System.Collections.Frozen;
using GenApi.Gateway;
using GenApi.Gateway.Arguments;
using GenApi.Gateway.Configs;
using GenApi.Gateway.Nodes.Selection;
using GenApi.Gateway.Permissions;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Configs;

namespace GenApi.Tests.Gateway;

public sealed class ConfigSnapshotTests
{
    [Fact]
    public void A_call_without_a_version_gets_the_unversioned_function()
    {
        var snapshot = Snapshot(("get", "9.0.0", false), ("get", null, false));

        Assert.Null(Find(snapshot, "get").Config.Version);
    }

    [Fact]
    public void Or_else_the_highest_enabled_version()
    {
        var snapshot = Snapshot(("get", "1.9.0", false), ("get", "1.10.0", false), ("get", "2.0.0-rc.1", true), ("get", "1.2.0", false));

        Assert.Equal("1.10.0", Find(snapshot, "get").Config.Version);
    }

    [Fact]
    public void Also_when_the_unversioned_function_is_disabled()
    {
        var snapshot = Snapshot(("get", "1.0.0", false), ("get", null, true));

        Assert.Equal("1.0.0", Find(snapshot, "get").Config.Version);
    }

    [Fact]
    public void A_call_with_a_version_gets_that_one_alone()
    {
        var snapshot = Snapshot(("get", "1.0.0", false), ("get", "2.0.0", false), ("get", null, false));

        Assert.Equal("1.0.0", Find(snapshot, "get", "1.0.0").Config.Version);
        Assert.Equal(
            new CallError(ErrorCode.NotFound, "unsupported function: get version 3.0.0"),
            Refused(snapshot, "shop", "get", "3.0.0"));
    }

    [Fact]
    public void What_is_disabled_says_so()
    {
        var snapshot = Snapshot(("get", "1.0.0", true), ("get", "2.0.0", false), ("put", null, true), ("old", "1.0.0", true), ("old", "2.0.0", true));

        Assert.Equal(new CallError(ErrorCode.Disabled, "disabled function: get version 1.0.0"), Refused(snapshot, "shop", "get", "1.0.0"));
        Assert.Equal(new CallError(ErrorCode.Disabled, "disabled function: put"), Refused(snapshot, "shop", "put"));
        Assert.Equal(new CallError(ErrorCode.Disabled, "disabled function: old version 2.0.0"), Refused(snapshot, "shop", "old"));
    }

    [Fact]
    public void What_is_unknown_says_so()
    {
        var snapshot = Snapshot(("get", null, false));

        Assert.Equal(new CallError(ErrorCode.NotFound, "unsupported function: put"), Refused(snapshot, "shop", "put"));
        Assert.Equal(ErrorCode.NotFound, Refused(snapshot, "bank", "get").Code);
        Assert.Equal(ErrorCode.NotFound, Refused(ConfigSnapshot.Empty, "shop", "get").Code);
    }

    [Fact]
    public void Names_are_told_apart_by_case()
    {
        var snapshot = Snapshot(("get", null, false));

        Assert.Equal(ErrorCode.NotFound, Refused(snapshot, "shop", "Get").Code);
        Assert.Equal(ErrorCode.NotFound, Refused(snapshot, "Shop", "get").Code);
    }

    [Fact]
    public void Another_service_is_put_in_without_changing_the_old_snapshot()
    {
        var before = Snapshot(("get", null, false));
        var after = before.With([new ServiceSnapshot(new StoredService("bank"), [Entry("bank", "pay", null, false)])]);

        Assert.NotNull(after.Find("bank", "pay", null, out _));
        Assert.NotNull(after.Find("shop", "get", null, out _));
        Assert.Null(before.Find("bank", "pay", null, out _));
    }

    [Fact]
    public void A_push_adds_to_the_functions_and_replaces_those_of_the_same_key()
    {
        var stored = new StoredService("shop")
            .WithPush("1", [Config("shop", "a", null, false), Config("shop", "b", "1", false)], [], default)
            .WithPush("2", [Config("shop", "b", "1", true), Config("shop", "b", "2", false)], [], default);

        Assert.Equal("2", stored.ConfigVersion);
        Assert.Equal([("a", null, false), ("b", "1", true), ("b", "2", false)], States(stored));
    }

    [Fact]
    public void What_an_operator_switched_off_stays_off_when_its_service_pushes_again()
    {
        var key = new FunctionKey("shop", "a", null);
        var pushed = new StoredService("shop").WithPush("1", [Config("shop", "a", null, false)], [], default);

        var off = pushed.WithSwitch(key, disabled: true).WithPush("2", [Config("shop", "a", null, false)], [], default);
        Assert.Equal([("a", null, true)], States(off));
        Assert.Equal([("a", null, false)], States(off.WithSwitch(key, disabled: false)));
        Assert.Equal([("a", null, false)], States(off.Without(key).WithPush("3", [Config("shop", "a", null, false)], [], default)));
    }

    [Fact]
    public void A_store_that_lost_all_gets_back_what_is_remembered_and_keeps_what_is_new()
    {
        var known = new StoredService("shop")
            .WithPush("1", [Config("shop", "a", null, false), Config("shop", "b", null, false)], [], default)
            .WithSwitch(new FunctionKey("shop", "a", null), disabled: true);
        var pushedSince = new StoredService("shop").WithPush("2", [Config("shop", "a", null, false), Config("shop", "c", null, false)], [], default);

        var both = pushedSince.WithMemoryOf(known);
        Assert.Equal("2", both.ConfigVersion);
        Assert.Equal([("a", null, true), ("b", null, false), ("c", null, false)], States(both));
    }

    private static IEnumerable<(string RequestType, string? Version, bool Disabled)> States(StoredService stored) =>
        stored.Functions.Select(function => (function.RequestType, function.Version, function.Disabled)).Order();

    private static ConfigSnapshot Snapshot(params (string RequestType, string? Version, bool Disabled)[] functions) => new(new Dictionary<string, ServiceSnapshot>
    {
        ["shop"] = new(new StoredService("shop"), functions.Select(function => Entry("shop", function.RequestType, function.Version, function.Disabled))),
    }.ToFrozenDictionary());

    private static FunctionEntry Entry(string service, string requestType, string? version, bool disabled)
    {
        var config = Config(service, requestType, version, disabled);
        return new FunctionEntry(config, new ArgumentValidator(config, new GenApiGatewayOptions.ArgumentLimits()), new NoPermission(), new RandomChooser());
    }

    private static FunConfig Config(string service, string requestType, string? version, bool disabled) =>
        new() { Service = service, RequestType = requestType, Version = version, Disabled = disabled };

    private static FunctionEntry Find(ConfigSnapshot snapshot, string requestType, string? version = null)
    {
        var found = snapshot.Find("shop", requestType, version, out var error);
        Assert.Null(error);
        return found!;
    }

    private static CallError Refused(ConfigSnapshot snapshot, string service, string requestType, string? version = null)
    {
        Assert.Null(snapshot.Find(service, requestType, version, out var error));
        return error!;
    }
}
