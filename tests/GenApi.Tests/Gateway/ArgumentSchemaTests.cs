using System.Text.Json;
using GenApi.Gateway;
using GenApi.Gateway.Arguments;
using GenApi.Gateway.OpenApi;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;
using Microsoft.OpenApi;

namespace GenApi.Tests.Gateway;

/// <summary>Every type and every constraint as JSON Schema, and examples that the gateway itself would take.</summary>
public sealed class ArgumentSchemaTests
{
    private static readonly GenApiGatewayOptions.ArgumentLimits Limits = new();

    public static TheoryData<string, string> Schemas => new()
    {
        { """ "string" """, """{"maxLength":3000,"type":"string","x-max-bytes":3000}""" },
        { """ {"type":"string","max_bytes":10,"pattern":"^[a-z]+$"} """, """{"maxLength":10,"pattern":"^[a-z]+$","type":"string","x-max-bytes":10}""" },
        { """ {"type":"string","pattern":"\\A(?<year>\\d{4})\\z"} """, """{"maxLength":3000,"type":"string","x-dotnet-pattern":"\\A(?<year>\\d{4})\\z","x-max-bytes":3000}""" },
        { """ {"type":"string","enum":["a","b"],"allow_nil":true} """, """{"maxLength":3000,"enum":["a","b",null],"type":["null","string"],"x-max-bytes":3000}""" },
        { """ {"type":"string","default_value":"x"} """, """{"maxLength":3000,"type":"string","default":"x","x-max-bytes":3000}""" },
        { """ {"type":"string","default_value":null,"allow_nil":true} """, """{"maxLength":3000,"type":["null","string"],"default":null,"x-max-bytes":3000}""" },
        { """ "num" """, """{"type":"number"}""" },
        { """ {"type":"num","min":-1.5,"max":10} """, """{"maximum":10,"minimum":-1.5,"type":"number"}""" },
        { """ {"type":"num","enum":[1,2.5]} """, """{"enum":[1,2.5],"type":"number"}""" },
        { """ "boolean" """, """{"type":"boolean"}""" },
        { """ "uuid" """, """{"type":"string","format":"uuid"}""" },
        { """ "datetime" """, """{"type":"string","format":"date-time"}""" },
        { """ "naive_datetime" """, """{"type":"string","format":"date-time-local"}""" },
        { """ "list" """, """{"maxItems":1000,"type":"array","items":{}}""" },
        { """ {"type":"list","max_items":5,"max_item_bytes":7} """, """{"maxItems":5,"type":"array","items":{"x-max-bytes":7}}""" },
        { """ {"type":"list_string","max_items":5,"max_item_bytes":7,"enum":["a"]} """, """{"maxItems":5,"type":"array","items":{"maxLength":7,"enum":["a"],"type":"string","x-max-bytes":7}}""" },
        { """ {"type":"list_num","min":0,"allow_nil":true} """, """{"maxItems":1000,"type":["null","array"],"items":{"minimum":0,"type":"number"}}""" },
        { """ "list_uuid" """, """{"maxItems":1000,"type":"array","items":{"type":"string","format":"uuid"}}""" },
        { """ {"type":"list_map","required":["a"],"accept":["a","b"]} """, """{"maxItems":1000,"type":"array","items":{"required":["a"],"type":"object","properties":{"a":{},"b":{}},"additionalProperties":false}}""" },
        { """ {"type":"map","max_items":4,"max_bytes":50} """, """{"maxProperties":4,"type":"object","x-max-bytes":50}""" },
        { """ {"type":"map","required":["a"]} """, """{"maxProperties":1000,"required":["a"],"type":"object"}""" },
        { """ {"type":"any","max_bytes":50} """, """{"type":["boolean","number","string","object","array"],"x-max-bytes":50}""" },
        { """ {"type":"any","allow_nil":true} """, """{"type":["null","boolean","number","string","object","array"]}""" },
    };

    [Theory]
    [MemberData(nameof(Schemas))]
    public async Task Each_type_has_its_schema(string type, string schema)
    {
        var text = await ArgumentSchema.Of(TypeOf(type), Limits).SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, TestContext.Current.CancellationToken);

        Assert.Equal(Sorted(schema), Sorted(text));
    }

    [Theory]
    [MemberData(nameof(Schemas))]
    public void Each_type_has_an_example_that_the_gateway_takes(string type, string schema)
    {
        _ = schema;
        var argument = TypeOf(type);
        if (argument.Pattern is not null)
        {
            return;
        }

        var config = new FunConfig { Service = "s", RequestType = "t", ArgTypes = new Dictionary<string, ArgType> { ["x"] = argument } };
        var args = ExampleArguments.Of(config).ToJsonString();

        Assert.Null(new ArgumentValidator(config, Limits).Validate(RawJson.FromString(args), out _)?.Details.ToString());
    }

    [Fact]
    public async Task Arguments_that_may_be_left_out_are_not_required()
    {
        var config = new FunConfig
        {
            Service = "s",
            RequestType = "t",
            ArgTypes = new Dictionary<string, ArgType>
            {
                ["must"] = new(ArgKind.Boolean),
                ["may_be_null"] = new(ArgKind.Boolean) { AllowNil = true },
                ["has_default"] = new(ArgKind.Boolean) { DefaultValue = RawJson.FromString("true") },
            },
        };
        var text = await ArgumentSchema.Of(config, Limits).SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, TestContext.Current.CancellationToken);
        using var schema = JsonDocument.Parse(text);

        Assert.Equal("""["must"]""", JsonSerializer.Serialize(schema.RootElement.GetProperty("required")));
        Assert.False(schema.RootElement.GetProperty("additionalProperties").GetBoolean());
    }

    private static ArgType TypeOf(string json) => JsonSerializer.Deserialize(json, ProtocolJson.Default.ArgType)!;

    /// <summary>The same JSON with the members of objects in the order of their names.</summary>
    private static string Sorted(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Write(document.RootElement);

        static string Write(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Object => $"{{{string.Join(',', value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"\"{member.Name}\":{Write(member.Value)}"))}}}",
            JsonValueKind.Array => $"[{string.Join(',', value.EnumerateArray().Select(Write))}]",
            _ => value.GetRawText(),
        };
    }
}
