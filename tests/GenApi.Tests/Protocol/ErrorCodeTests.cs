using System.Text.Json;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Link;

namespace GenApi.Tests.Protocol;

public sealed class ErrorCodeTests
{
    [Theory]
    [InlineData("invalid_request", 400, false)]
    [InlineData("unauthenticated", 401, false)]
    [InlineData("permission_denied", 403, false)]
    [InlineData("not_found", 404, false)]
    [InlineData("disabled", 404, false)]
    [InlineData("invalid_arguments", 422, false)]
    [InlineData("rate_limited", 429, true)]
    [InlineData("hook_rejected", 409, false)]
    [InlineData("unavailable", 503, true)]
    [InlineData("timeout", 504, true)]
    [InlineData("function_error", 500, false)]
    [InlineData("internal", 500, false)]
    public void The_table_of_the_contract(string name, int status, bool canRetry) =>
        Assert.Equal(new ErrorCode(name, status, canRetry), ErrorCode.FromName(name));

    [Fact]
    public void The_table_has_no_more_rows() => Assert.Equal(12, ErrorCode.All.Count);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("no_such_code")]
    [InlineData("TIMEOUT")]
    public void An_unknown_name_is_an_error_of_the_function(string? name) =>
        Assert.Equal(ErrorCode.FunctionError, ErrorCode.FromName(name));

    [Fact]
    public void An_error_travels_over_the_link_with_its_details()
    {
        var error = CallError.InvalidArguments([new ArgumentError("a", "is missing"), new ArgumentError("b", "must be a number")]);
        var body = JsonSerializer.SerializeToUtf8Bytes(ErrorBody.From(error), LinkJson.Default.ErrorBody);
        var read = JsonSerializer.Deserialize(body, LinkJson.Default.ErrorBody)!.ToCallError();

        Assert.Equal(error, read);
        Assert.Equal("""[{"argument":"a","reason":"is missing"},{"argument":"b","reason":"must be a number"}]""", read.Details.ToString());
    }

    [Fact]
    public void One_bad_argument_is_named_in_the_message_with_its_reason() =>
        Assert.Equal("Invalid argument 'a': is missing.", CallError.InvalidArguments([new ArgumentError("a", "is missing")]).Message);

    [Fact]
    public void Several_bad_arguments_are_all_named_in_the_message()
    {
        var message = CallError.InvalidArguments([new ArgumentError("a", "is missing"), new ArgumentError("b", "is missing")]).Message;

        Assert.Equal("2 invalid arguments: a, b.", message);
    }
}
