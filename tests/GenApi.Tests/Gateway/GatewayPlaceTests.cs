using GenApi.Gateway;
using GenApi.Gateway.Gateways;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GenApi.Tests.Gateway;

/// <summary>Where other gateways reach a gateway.</summary>
public sealed class GatewayPlaceTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5080", null, "http://127.0.0.1:5080")]
    [InlineData("http://*:5080", "127.0.0.1:6379", "http://127.0.0.1:5080")]
    [InlineData("http://[::]:5080", "localhost:6379,password=x", "http://127.0.0.1:5080")]
    [InlineData("http://0.0.0.0:5080", null, "http://127.0.0.1:5080")]
    public void It_is_what_the_gateway_listens_on_with_a_host_that_leads_to_Redis(string listening, string? redis, string address) =>
        Assert.Equal(address, AddressOf([listening], redis)?.Replace("[::1]", "127.0.0.1", StringComparison.Ordinal));

    [Fact]
    public void The_setting_wins() => Assert.Equal("http://gateway.example:80", AddressOf(["http://*:5080"], null, "http://gateway.example:80/"));

    [Fact]
    public void There_is_none_until_the_gateway_listens() => Assert.Null(AddressOf([], "localhost:6379"));

    private static string? AddressOf(string[] listening, string? redis, string? setting = null)
    {
        using var server = new ListeningServer(listening);
        using var services = new ServiceCollection().AddSingleton<IServer>(server).BuildServiceProvider();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:redis", redis)]).Build();
        return new GatewayPlace(configuration, services, Options.Create(new GenApiGatewayOptions { Address = setting })).Address;
    }
}
