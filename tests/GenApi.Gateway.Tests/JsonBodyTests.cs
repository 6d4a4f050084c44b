using GenApi.Gateway.Tests.Clients;
using GenApi.Gateway.Tests.Cluster;

namespace GenApi.Gateway.Tests;

/// <summary>What is said of bodies that are not what is expected: where the fault is and what should stand there, in words of the API.</summary>
public sealed class JsonBodyTests(SharedCluster shared) : IClassFixture<SharedCluster>
{
    private ApiClient Api => shared.Cluster.Api;

    [Theory]
    [InlineData("/admin/inspect", "", "The body is empty; it must be a JSON object.")]
    [InlineData("/admin/inspect", "null", "The body must be a JSON object.")]
    [InlineData("/admin/inspect", "[]", "The body must be a JSON object, but is a list.")]
    [InlineData("/admin/inspect", " ", "The body is not valid JSON: there is nothing in it.")]
    [InlineData("/admin/inspect", "{", "The body is not valid JSON: Expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed (line 1, byte 2).")]
    [InlineData("/admin/inspect", """{"service":x}""", "The body is not valid JSON: 'x' is an invalid start of a value (line 1, byte 12).")]
    [InlineData("/admin/inspect", """{"service":1}""", "service must be text, but is 1.")]
    [InlineData("/admin/inspect", """{"service":{"name":"x"}}""", "service must be text, but is an object.")]
    [InlineData("/admin/inspect", """{"user_roles":"admin"}""", "user_roles must be a list of texts, but is \"admin\".")]
    [InlineData("/admin/inspect", """{"user_roles":["a",2]}""", "user_roles[1] must be text, but is 2.")]
    [InlineData("/admin/inspect", """{"claims":{"tenant":true}}""", "claims.tenant must be text, but is true.")]
    [InlineData("/admin/inspect", """{"claims":[]}""", "claims must be a JSON object, but is a list.")]
    [InlineData("/admin/inspect", """{"service":"\ud800"}""", "service has text that is not valid Unicode.")]
    [InlineData("/admin/tokens", """{"user_id":"a","expires_in":"soon"}""", "expires_in must be a whole number, but is \"soon\".")]
    [InlineData("/admin/tokens", """{"user_id":"a","expires_in":1.5}""", "expires_in must be a whole number, but is 1.5.")]
    [InlineData("/admin/trace", """{"target":"functions","flag":["call"]}""", "flag is not known there; what may stand there is target, service, request_type, version, connections, user_id, connection_id, flags, duration_ms.")]
    [InlineData("/admin/rate-limits/global", """{"key":"user_id","max_requests":"many","window_ms":1000}""", "max_requests must be a whole number, but is \"many\".")]
    [InlineData("/admin/push", """{"service":"s","config_version":"1","fun_configs":{}}""", "fun_configs must be a list, but is an object.")]
    [InlineData("/admin/push", """{"service":"s","config_version":"1","http_routes":{}}""", "http_routes must be a list of routes.")]
    public async Task The_fault_is_named(string path, string body, string sentence)
    {
        var answer = await Api.PostAsync(path, body, TestCluster.AdminToken);

        Assert.Equal((400, "invalid_request", sentence), (answer.Status, answer.Code, answer.Error));
    }

    [Theory]
    [InlineData("   ", "The body is not valid JSON: there is nothing in it.")]
    [InlineData("""{"message":}""", "The body is not valid JSON: '}' is an invalid start of a value (line 1, byte 12).")]
    public async Task So_it_is_in_a_call(string body, string sentence)
    {
        var answer = await Api.PostAsync("/api/sample/echo", body, shared.Alice);

        Assert.Equal((400, sentence), (answer.Status, answer.Error));
    }
}
