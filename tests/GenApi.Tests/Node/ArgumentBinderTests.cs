using System.Text;
using System.Text.Json;
using GenApi.Node.Calls;
using GenApi.Node.Functions;
using GenApi.Node.Signatures;
using GenApi.Protocol.Calls;
using Microsoft.AspNetCore.Http;

namespace GenApi.Tests.Node;

public sealed class ArgumentBinderTests
{
    public enum Size
    {
        Small,
        ExtraLarge,
    }

    public sealed record Query(string Text, int Limit = 20);

    [Fact]
    public void Arguments_are_bound_by_name_in_any_order()
    {
        var (values, errors) = Bind((string text, int count, Size size, Guid id) => { },
            """{"id":"6f9633e2-0b1c-4c57-9a53-0b1f0e2b7a11","count":3,"size":"extra_large","text":"a\u00e9"}""");

        Assert.Null(errors);
        Assert.Equal(["aé", 3, Size.ExtraLarge, Guid.Parse("6f9633e2-0b1c-4c57-9a53-0b1f0e2b7a11")], values);
    }

    [Fact]
    public void Defaults_and_nulls_stand_in_for_what_is_missing()
    {
        var (values, errors) = Bind((int limit = 20, string? text = null, Size size = Size.Small, int? maybe = null, string? none = "x") => { }, "{}");

        Assert.Null(errors);
        Assert.Equal([20, null, Size.Small, null, "x"], values);
    }

    [Fact]
    public void A_nullable_parameter_without_a_default_may_be_missing()
    {
        var (values, errors) = Bind((string? text, int? count) => { }, "{}");

        Assert.Null(errors);
        Assert.Equal([null, null], values);
    }

    [Fact]
    public void Everything_that_does_not_fit_is_named()
    {
        var (_, errors) = Bind((string text, int count, Guid id, string missing, string given) => { },
            """{"text":null,"count":1.5,"id":"no","extra":{"deep":[1]},"given":"x"}""");

        Assert.Equal(
            [
                new ArgumentError("text", "must not be null"),
                new ArgumentError("count", "does not fit the type Int32"),
                new ArgumentError("id", "does not fit the type Guid"),
                new ArgumentError("extra", "is not an argument of this function"),
                new ArgumentError("missing", "is missing"),
            ],
            errors!);
    }

    [Fact]
    public void What_follows_a_value_that_does_not_fit_is_still_bound()
    {
        var (values, errors) = Bind((int[] numbers, string after) => { }, """{"numbers":[1,"x",{"y":[2]}],"after":"here"}""");

        Assert.Equal(["numbers"], errors!.Select(error => error.Argument));
        Assert.Equal("here", values[1]);
    }

    [Fact]
    public void A_number_too_large_for_the_type_does_not_fit()
    {
        var (_, errors) = Bind((long count) => { }, """{"count":99999999999999999999}""");

        Assert.Equal([new ArgumentError("count", "does not fit the type Int64")], errors!);
    }

    [Fact]
    public void All_arguments_go_into_one_object()
    {
        var (values, errors) = Bind(([AsParameters] Query query, CancellationToken cancellation) => { }, """{"text":"a"}""");

        Assert.Null(errors);
        Assert.Equal(new Query("a"), values[0]);
    }

    [Theory]
    [InlineData("""{"text":7}""", "text")]
    [InlineData("""{"text":"a","limit":"b"}""", "limit")]
    [InlineData("""{"text":null}""", "text")]
    public void A_member_that_does_not_fit_the_object_is_named(string args, string argument)
    {
        var (_, errors) = Bind(([AsParameters] Query query) => { }, args);

        Assert.Equal(argument, Assert.Single(errors!).Argument);
    }

    [Fact]
    public void Json_parameters_take_anything()
    {
        var (values, errors) = Bind((JsonElement any) => { }, """{"any":{"deep":[1,null]}}""");

        Assert.Null(errors);
        Assert.Equal("""{"deep":[1,null]}""", ((JsonElement)values[0]!).GetRawText());
    }

    [Fact]
    public void What_the_node_fills_in_is_left_alone()
    {
        var (values, errors) = Bind((CallContext call, string text, CancellationToken cancellation) => { }, """{"text":"a"}""");

        Assert.Null(errors);
        Assert.Equal([null, "a", null], values);
    }

    [Fact]
    public void The_name_of_a_filled_in_parameter_is_no_argument()
    {
        var (_, errors) = Bind((string text, CancellationToken cancellation) => { }, """{"text":"a","cancellation":true}""");

        Assert.Equal([new ArgumentError("cancellation", "is not an argument of this function")], errors!);
    }

    [Fact]
    public void Functions_that_only_the_gateway_calls_may_pass_over_what_they_do_not_ask_for()
    {
        var (values, errors) = Bind((string text) => { }, """{"more":{"text":"no"},"text":"a"}""", ignoreUnknown: true);

        Assert.Null(errors);
        Assert.Equal(["a"], values);
    }

    private static (object?[] Values, List<ArgumentError>? Errors) Bind(Delegate function, string args, bool ignoreUnknown = false)
    {
        var options = new NodeBuilder("test").JsonOptions;
        options.MakeReadOnly();
        var signature = Signature.Of(function.Method, options, null);
        var values = new object?[signature.Parameters.Count];
        return (values, new ArgumentBinder(signature, options, ignoreUnknown).Bind(Encoding.UTF8.GetBytes(args), values));
    }
}
