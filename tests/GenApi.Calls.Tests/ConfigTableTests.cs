using System.Text.Json;
using GenApi.Calls.Tests.Table;
using GenApi.Protocol.Configs;
using GenApi.Protocol.Json;

namespace GenApi.Calls.Tests;

/// <summary>Every member of a function config does what the contract says, by every door.</summary>
public sealed class ConfigTableTests(TableCluster table) : IClassFixture<TableCluster>
{
    public static TheoryData<Door, string> Cases
    {
        get
        {
            var cases = new TheoryData<Door, string>();
            foreach (var row in ConfigTable.Rows)
            {
                cases.Add(Door.HubCall, row.Name);
                cases.Add(Door.HubStream, row.Name);
                cases.Add(Door.Http, row.Name);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Row(Door door, string name)
    {
        var row = ConfigTable.Rows.Single(row => row.Name == name);
        await using var run = new RowRun(table, row, door);
        await row.Check(run);
        await run.AssertNoSecondAnswersAsync();
    }

    [Fact]
    public async Task Every_config_comes_back_as_it_was_pushed()
    {
        var listed = (await table.Cluster.Api.AdminAsync(HttpMethod.Get, "/admin/functions")).Body.EnumerateArray()
            .Where(config => config.GetProperty("service").GetString() == TableCluster.Service)
            .ToDictionary(config => config.GetProperty("request_type").GetString()!, Read);

        Assert.Equal(ConfigTable.Rows.Count, listed.Count);
        Assert.All(ConfigTable.Rows, row => Assert.Equal(
            Text(Read(JsonElement.Parse(table.ConfigOf(row)))),
            Text(listed[row.Function])));
    }

    /// <summary>A row that is forgotten would leave something of the contract untested.</summary>
    [Fact]
    public void The_table_has_every_member_and_every_option()
    {
        var written = ConfigTable.Rows.Select(row => JsonElement.Parse(table.ConfigOf(row))).ToList();
        var configs = written.ConvertAll(Read);
        var types = configs.SelectMany(config => config.ArgTypes?.Values ?? []).ToList();

        Assert.Equal(
            ProtocolJson.Default.FunConfig.Properties.Where(property => property.Get is not null).Select(property => property.Name).Order(),
            written.SelectMany(config => config.EnumerateObject()).Where(member => member.Value.ValueKind != JsonValueKind.Null).Select(member => member.Name).Distinct().Order());
        AssertAll<ArgKind>(types.Select(type => type.Kind));
        AssertAll<ResponseType>(configs.Select(config => config.ResponseType));
        AssertAll<RetryMode>(configs.Select(config => config.Retry?.Mode).OfType<RetryMode>());
        AssertShapes(typeof(ChooseNodeMode), configs.Select(config => config.ChooseNodeMode));
        AssertShapes(typeof(NodeSet), configs.Select(config => config.Nodes));
        AssertShapes(typeof(PermissionRule), configs.Select(config => config.CheckPermission));
        AssertShapes(typeof(PermissionCallback), configs.Select(config => config.PermissionCallback));
        AssertShapes(typeof(HookRef), configs.Select(config => config.BeforeExecute));
        AssertShapes(typeof(HookRef), configs.Select(config => config.AfterExecute));
        Assert.Contains(configs, config => config.ArgOrders is { IsMap: true });
        Assert.Contains(configs, config => config.ArgOrders is { IsMap: false });
        Assert.Contains(configs, config => config.Timeout == CallTimeout.Infinity);

        // Every constraint of arguments, and both forms of every type.
        Assert.Equal(
            (string[])["accept", "allow_nil", "default_value", "enum", "max", "max_bytes", "max_item_bytes", "max_items", "min", "pattern", "required", "type"],
            ArgTypesOf(written).Where(type => type.ValueKind == JsonValueKind.Object).SelectMany(type => type.EnumerateObject()).Select(member => member.Name).Distinct().Order());
        Assert.Equal(Enum.GetValues<ArgKind>().Length, ArgTypesOf(written).Where(type => type.ValueKind == JsonValueKind.String).Select(type => type.GetString()).Distinct().Count());
    }

    private static IEnumerable<JsonElement> ArgTypesOf(IEnumerable<JsonElement> configs) => configs
        .Where(config => config.TryGetProperty("arg_types", out var types) && types.ValueKind == JsonValueKind.Object)
        .SelectMany(config => config.GetProperty("arg_types").EnumerateObject().Select(type => type.Value));

    private static FunConfig Read(JsonElement json)
    {
        var (config, reasons) = FunConfigReader.Read(json, TableCluster.Service);
        Assert.True(config is not null, $"{json}: {string.Join("; ", reasons)}");
        return config;
    }

    private static string Text(FunConfig config) => JsonSerializer.Serialize(config, ProtocolJson.Default.FunConfig);

    private static void AssertAll<T>(IEnumerable<T> used)
        where T : struct, Enum => Assert.Equal(Enum.GetValues<T>(), used.Distinct().Order());

    private static void AssertShapes(Type shapes, IEnumerable<object?> used) => Assert.Equal(
        shapes.GetNestedTypes().Where(type => type.IsSubclassOf(shapes)).Select(type => type.Name).Order(),
        used.OfType<object>().Select(shape => shape.GetType().Name).Distinct().Order());
}
