using System.Net;
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

    [Theory]
    [InlineData("http://unix:/run/genapi.sock")]
    [InlineData("http://pipe:/genapi")]
    [InlineData("http://<file handle>")]
    public void What_only_this_machine_can_reach_is_none(string listening)
    {
        Assert.Null(AddressOf([listening], null));
        Assert.Equal("https://127.0.0.1:5443", AddressOf([listening, "https://127.0.0.1:5443"], null));
    }

    [Fact]
    public void It_is_looked_for_again_where_Redis_could_not_be_found()
    {
        using var server = new ListeningServer(["http://*:5080"]);
        using var services = new ServiceCollection().AddSingleton<IServer>(server).BuildServiceProvider();
        var configuration = Configuration("no-such-host.invalid:6379");
        var place = new GatewayPlace(configuration, services, Options.Create(new GenApiGatewayOptions()));
        Assert.Equal($"http://{Dns.GetHostName()}:5080", place.Address);

        configuration["ConnectionStrings:redis"] = "127.0.0.1:6379";
        Assert.Equal("http://127.0.0.1:5080", place.Address);
    }

    [Fact]
    public void There_is_none_until_the_gateway_listens() => Assert.Null(AddressOf([], "localhost:6379"));

    private static string? AddressOf(string[] listening, string? redis, string? setting = null)
    {
        using var server = new ListeningServer(listening);
        using var services = new ServiceCollection().AddSingleton<IServer>(server).BuildServiceProvider();
        return new GatewayPlace(Configuration(redis), services, Options.Create(new GenApiGatewayOptions { Address = setting })).Address;
    }

    private static IConfigurationRoot Configuration(string? redis) => new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:redis", redis)]).Build();
}
