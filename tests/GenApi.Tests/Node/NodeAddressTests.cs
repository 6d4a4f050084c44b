using System.Net;
using GenApi.Node;
using GenApi.Node.Membership;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace GenApi.Tests.Node;

public sealed class NodeAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5090", "http://127.0.0.1:5090")]
    [InlineData("http://localhost:5090", "http://localhost:5090")]
    [InlineData("http://[::1]:5090", "http://[::1]:5090")]
    [InlineData("http://*:5090", "http://127.0.0.1:5090")]
    [InlineData("http://+:5090", "http://127.0.0.1:5090")]
    [InlineData("http://0.0.0.0:5090", "http://127.0.0.1:5090")]
    [InlineData("http://[::]:5090", "http://127.0.0.1:5090")]
    [InlineData("https://127.0.0.1:7090", "https://127.0.0.1:7090")]
    public void It_is_what_the_node_listens_on_with_a_host_that_leads_there(string listening, string address) =>
        Assert.Equal(address, Resolve([listening]));

    [Fact]
    public void Plain_http_is_preferred() =>
        Assert.Equal("http://127.0.0.1:5090", Resolve(["https://127.0.0.1:7090", "http://127.0.0.1:5090"]));

    [Fact]
    public void A_socket_of_this_machine_is_no_address() =>
        Assert.Equal("http://127.0.0.1:5090", Resolve(["http://unix:/run/genapi.sock", "http://127.0.0.1:5090"]));

    [Fact]
    public void The_setting_wins() =>
        Assert.Equal("http://node.example:80", Resolve(["http://127.0.0.1:5090"], "http://node.example:80/"));

    [Fact]
    public void A_node_that_listens_nowhere_says_what_to_set() =>
        Assert.Contains("ASPNETCORE_URLS", Assert.Throws<InvalidOperationException>(() => Resolve([])).Message, StringComparison.Ordinal);

    [Fact]
    public void Gateways_come_from_the_setting_or_else_from_service_discovery()
    {
        Assert.Equal(
            [new Uri("http://a:1"), new Uri("http://b:2")],
            Gateways([new("services:gateway:http:0", "http://a:1"), new("services:gateway:http:1", "http://b:2")]).All());
        Assert.Equal(
            [new Uri("https://s:1"), new Uri("http://a:1")],
            Gateways([new("services:gateway:http:0", "http://a:1"), new("services:gateway:https:0", "https://s:1")]).All());
        Assert.Equal(
            [new Uri("http://set:1")],
            Gateways([new("services:gateway:http:0", "http://a:1")], "http://set:1").All());
    }

    [Fact]
    public void A_node_that_knows_no_gateway_says_what_to_set() =>
        Assert.Contains("services__gateway__http__0", Assert.Throws<OptionsValidationException>(() => Gateways([]).All()).Message, StringComparison.Ordinal);

    private static string Resolve(string[] listening, string? setting = null)
    {
        using var server = new ListeningServer(listening);
        var options = Options.Create(new GenApiNodeOptions { Address = setting });
        return new NodeAddress(server, Gateways([new("services:gateway:http:0", $"http://{IPAddress.Loopback}:5080")]), options).Resolve();
    }

    private static GatewayAddresses Gateways(KeyValuePair<string, string?>[] configuration, params string[] set)
    {
        var options = new GenApiNodeOptions();
        foreach (var gateway in set)
        {
            options.Gateways.Add(gateway);
        }

        return new GatewayAddresses(new ConfigurationBuilder().AddInMemoryCollection(configuration).Build(), Options.Create(options));
    }
}
