using GenApi.Node.Calls;
using GenApi.Node.Functions;
using GenApi.Node.Signatures;
using GenApi.Protocol.Configs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Tests.Node;

public sealed class SignatureTests
{
    public interface IClock
    {
        DateTimeOffset Now { get; }
    }

    public sealed record Query(string Text, int Limit = 20, string? Cursor = null);

    public sealed record Settings
    {
        public string Mode { get; init; } = "fast";

        public required string Name { get; init; }

        [Arg(Max = 10)]
        public int Depth { get; init; } = 3;
    }

    [Fact]
    public void Arguments_are_named_in_snake_case_and_ordered_as_the_parameters()
    {
        var signature = Derivation.Of((string userId, int maxItemsPerPage, bool URLOnly) => { });

        Assert.Equal(["user_id", "max_items_per_page", "url_only"], signature.ArgOrders.Names);
        Assert.Equal(signature.ArgOrders.Names, signature.ArgTypes.Keys);
    }

    [Fact]
    public void An_argument_can_be_named()
    {
        var signature = Derivation.Of(([Arg(Name = "Q")] string query) => { });

        Assert.Equal(["Q"], signature.ArgTypes.Keys);
    }

    [Fact]
    public void What_the_node_fills_in_is_no_argument()
    {
        var signature = Derivation.Of(
            (string text, CallContext call, CancellationToken cancellation, IStreamWriter<int> writer, IClock clock, [FromKeyedServices("k")] Query keyed) => { },
            typeof(IClock));

        Assert.Equal(
            [ParameterSource.Argument, ParameterSource.Context, ParameterSource.Cancellation, ParameterSource.StreamWriter, ParameterSource.Service, ParameterSource.Service],
            signature.Parameters.Select(parameter => parameter.Source));
        Assert.Equal("k", signature.Parameters[^1].ServiceKey);
        Assert.Equal(["text"], signature.ArgTypes.Keys);
    }

    [Fact]
    public void A_service_with_the_arg_attribute_is_an_argument()
    {
        var signature = Derivation.Of(([Arg] Query query) => { }, typeof(Query));

        Assert.Equal(ParameterSource.Argument, signature.Parameters[0].Source);
    }

    [Fact]
    public void All_arguments_as_one_object_have_the_members_of_its_type()
    {
        var signature = Derivation.Of(([AsParameters] Query query, CallContext call) => { });

        Assert.True(signature.ArgOrders.IsMap);
        Assert.Equal(["text", "limit", "cursor"], signature.ArgTypes.Keys);
        Assert.True(signature.ArgTypes["text"].DefaultValue.IsEmpty);
        Assert.Equal("20", signature.ArgTypes["limit"].DefaultValue.ToString());
        Assert.True(signature.ArgTypes["cursor"].AllowNil);
    }

    [Fact]
    public void Properties_with_initial_values_have_them_as_defaults()
    {
        var types = Derivation.Of(([AsParameters] Settings settings) => { }).ArgTypes;

        Assert.Equal("\"fast\"", types["mode"].DefaultValue.ToString());
        Assert.True(types["name"].DefaultValue.IsEmpty);
        Assert.False(types["name"].AllowNil);
        Assert.Equal("3", types["depth"].DefaultValue.ToString());
        Assert.Equal(10, types["depth"].Max);
    }

    private delegate void ByReference(ref int value);

    [Fact]
    public void What_cannot_come_from_a_call_is_refused_by_name()
    {
        ByReference byReference = static (ref value) => value++;

        Assert.Contains("'value'", Refused(byReference), StringComparison.Ordinal);
        Assert.Contains("'more'", Refused(([AsParameters] Query query, string more) => { }), StringComparison.Ordinal);
        Assert.Contains("'query'", Refused((string more, [AsParameters] Query query) => { }), StringComparison.Ordinal);
        Assert.Contains("'b'", Refused(([Arg(Name = "x")] string a, [Arg(Name = "x")] string b) => { }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_without_parameters_takes_no_arguments()
    {
        var signature = Derivation.Of(() => 1);

        Assert.Empty(signature.ArgTypes);
        Assert.Equal(new ArgOrders([]).Names, signature.ArgOrders.Names);
    }

    private static string Refused(Delegate function) => Assert.Throws<InvalidOperationException>(() => Derivation.Of(function)).Message;
}
