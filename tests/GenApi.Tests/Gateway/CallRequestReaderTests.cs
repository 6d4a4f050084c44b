using System.Text;
using FsCheck;
using FsCheck.Fluent;
using GenApi.Gateway.Entry;
using GenApi.Protocol.Calls;

namespace GenApi.Tests.Gateway;

public sealed class CallRequestReaderTests
{
    [Fact]
    public void Every_member_is_read()
    {
        var request = Read("""
            {"service":"user_service","request_type":"get_user","request_id":"r1","version":"1.0.0","device_id":"d1","user_id":"u1",
             "user_roles":["a","b"],"traceparent":"00-1-2-01","args":{ "user_id" : "u1", "deep":[{}] }}
            """);

        Assert.Equal(("user_service", "get_user", "r1"), (request.Service, request.RequestType, request.RequestId));
        Assert.Equal(("1.0.0", "d1", "u1", "00-1-2-01"), (request.Version, request.DeviceId, request.UserId, request.Traceparent));
        Assert.Equal(["a", "b"], request.UserRoles);
        Assert.Equal("""{ "user_id" : "u1", "deep":[{}] }""", request.Args.ToString());
    }

    [Fact]
    public void Optional_members_may_be_left_out_or_null()
    {
        var nothing = Read("""{"service":"s","request_type":"t","request_id":"r"}""");
        var nulls = Read("""{"service":"s","request_type":"t","request_id":"r","version":null,"device_id":null,"user_id":null,"user_roles":null,"args":null,"traceparent":null}""");

        Assert.Equal("{}", nothing.Args.ToString());
        Assert.Equal("{}", nulls.Args.ToString());
        Assert.Equal((null, null, null, null), (nulls.Version, nulls.DeviceId, nulls.UserId, nulls.Traceparent));
        Assert.Empty(nulls.UserRoles);
    }

    [Fact]
    public void Members_of_later_versions_are_passed_over() =>
        Assert.Equal("r", Read("""{"new":{"a":[1,{"service":"x"}]},"service":"s","other":null,"request_type":"t","request_id":"r"}""").RequestId);

    [Fact]
    public void Escaped_names_are_the_same_names() =>
        Assert.Equal("s", Read("""{"\u0073ervice":"s","request_type":"t","request_id":"r"}""").Service);

    /// <summary>A malformed request, what its error says, and the id that the answer carries.</summary>
    public static TheoryData<string, string, string> Malformed => new()
    {
        { "", "not valid JSON", "" },
        { "nonsense", "not valid JSON", "" },
        { "null", "must be a JSON object", "" },
        { "[]", "must be a JSON object", "" },
        { "7", "must be a JSON object", "" },
        { "\"text\"", "must be a JSON object", "" },
        { "{", "not valid JSON", "" },
        { """{"request_id":"r1",""", "not valid JSON", "r1" },
        { """{"request_id":"r1","args":{"a":}}""", "not valid JSON", "r1" },
        { "{}", "service is missing", "" },
        { """{"request_id":"r1"}""", "service is missing", "r1" },
        { """{"service":"","request_type":"t","request_id":"r1"}""", "service is missing", "r1" },
        { """{"service":"s","request_id":"r1"}""", "request_type is missing", "r1" },
        { """{"service":"s","request_type":"t"}""", "request_id is missing", "" },
        { """{"service":"s","request_type":"t","request_id":""}""", "request_id is missing", "" },
        { """{"service":null,"request_type":"t","request_id":"r1"}""", "service is missing", "r1" },
        { """{"service":1,"request_type":"t","request_id":"r1"}""", "service must be a string", "r1" },
        { """{"service":{"a":[]},"request_type":"t","request_id":"r1"}""", "service must be a string", "r1" },
        { """{"service":"s","request_type":["t"],"request_id":"r1"}""", "request_type must be a string", "r1" },
        { """{"service":"s","request_type":"t","request_id":7}""", "request_id must be a string", "" },
        { """{"service":"s","request_type":"t","request_id":"r1","version":1}""", "version must be a string", "r1" },
        { """{"service":"s","request_type":"t","request_id":"r1","device_id":1}""", "device_id must be a string", "r1" },
        { """{"service":"s","request_type":"t","request_id":"r1","user_id":1}""", "user_id must be a string", "r1" },
        { """{"service":"s","request_type":"t","request_id":"r1","traceparent":1}""", "traceparent must be a string", "r1" },
        { """{"service":"s","request_type":"t","request_id":"r1","args":[]}""", "args must be an object", "r1" },
        { """{"service":"s","request_type":"t","request_id":"r1","args":"x"}""", "args must be an object", "r1" },
        { """{"service":"s","request_type":"t","request_id":"r1","user_roles":"admin"}""", "user_roles must be a list", "r1" },
        { """{"service":"s","request_type":"t","request_id":"r1","user_roles":[1]}""", "user_roles must be a list", "r1" },
        { """{"service":"s","request_type":"t","request_id":"r1","user_roles":[{"a":[]}]}""", "user_roles must be a list", "r1" },
        { $$"""{"service":"s","request_type":"t","request_id":"r1","user_roles":[{{string.Join(",", Enumerable.Repeat("\"a\"", 65))}}]}""", "user_roles must be a list of at most 64", "r1" },
        { $$"""{"service":"{{new string('s', 257)}}","request_type":"t","request_id":"r1"}""", "service must have at most 256 bytes", "r1" },
        { $$"""{"service":"s","request_type":"t","request_id":"{{new string('r', 257)}}"}""", "request_id must have at most 256 bytes", "" },
        { """{"service":"\ud800","request_type":"t","request_id":"r1"}""", "not valid Unicode", "" },
        { """{"request_id":"r1","service":"s","request_type":"t","user_roles":["\ud800"]}""", "not valid Unicode", "" },
        { """{"request_id":"r1","\ud800":1}""", "not valid Unicode", "" },
        { """{"request_id":"r1","service":"s","request_type":1,"args":7}""", "request_type must be a string", "r1" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_malformed_request_says_what_is_wrong_and_keeps_its_id(string payload, string words, string id)
    {
        var error = CallRequestReader.Read(Encoding.UTF8.GetBytes(payload), out var request, out var requestId);

        Assert.Null(request);
        Assert.Equal(ErrorCode.InvalidRequest, error!.Code);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal(id, requestId);
    }

    [Fact]
    public void Nesting_without_end_is_malformed()
    {
        var deep = $$"""{"service":"s","request_type":"t","request_id":"r1","args":{{string.Concat(Enumerable.Repeat("{\"a\":", 10_000))}}""";

        Assert.Equal(ErrorCode.InvalidRequest, CallRequestReader.Read(Encoding.UTF8.GetBytes(deep), out _, out _)!.Code);
    }

    [Fact]
    public void Any_json_is_read_or_refused_and_never_throws() =>
        Prop.ForAll(RandomJson.Values, sample =>
        {
            var error = CallRequestReader.Read(sample.Utf8, out var request, out _);

            Assert.True(error is null ^ request is null);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Arguments_are_a_view_of_the_bytes_as_sent() =>
        Prop.ForAll(RandomJson.Values, sample =>
        {
            var payload = Encoding.UTF8.GetBytes($$"""{"args":{"a":{{sample.Text}}},"service":"s","request_type":"t","request_id":"r"}""");

            Assert.Null(CallRequestReader.Read(payload, out var request, out _));
            Assert.Equal($$"""{"a":{{sample.Text}}}""", request!.Args.ToString());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static CallRequest Read(string payload)
    {
        Assert.Null(CallRequestReader.Read(Encoding.UTF8.GetBytes(payload), out var request, out var id));
        Assert.Equal(request!.RequestId, id);
        return request;
    }
}
