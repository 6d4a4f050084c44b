using System.Security.Claims;
using GenApi.Gateway;
using GenApi.Gateway.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GenApi.Tests.Gateway;

public sealed class AdminGateTests
{
    private const string Token = "an-admin-token-of-the-tests";

    private readonly List<string> _log = [];

    [Fact]
    public void The_admin_token_may_look()
    {
        Assert.Null(Refuse(Request($"Bearer {Token}"), null));
        Assert.Empty(_log);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer wrong")]
    [InlineData($"Basic {Token}")]
    [InlineData(Token)]
    public void Without_it_the_answer_is_401_with_a_line_in_the_log(string? authorization)
    {
        var http = Request(authorization);

        Assert.Equal(StatusCodes.Status401Unauthorized, Refuse(http, null));
        Assert.Equal("Bearer", http.Response.Headers.WWWAuthenticate);
        Assert.Single(_log);
    }

    [Fact]
    public void A_gateway_without_an_admin_token_lets_no_token_in()
    {
        Assert.Equal(StatusCodes.Status401Unauthorized, Refuse(Request("Bearer "), null, token: null));
        Assert.Equal(StatusCodes.Status401Unauthorized, Refuse(Request($"Bearer {Token}"), null, token: null));
    }

    [Fact]
    public void A_user_with_the_role_may_look_and_one_without_may_not()
    {
        Assert.Null(Refuse(Request(null, "genapi-admin"), null));
        Assert.Equal(StatusCodes.Status403Forbidden, Refuse(Request(null, "admin"), null));
    }

    [Fact]
    public void A_change_needs_its_action()
    {
        Assert.Equal(StatusCodes.Status403Forbidden, Refuse(Request($"Bearer {Token}"), AdminAction.CreateToken));
        Assert.Equal(StatusCodes.Status403Forbidden, Refuse(Request($"Bearer {Token}"), AdminAction.CreateToken, actions: [AdminAction.EnableTracing]));
        Assert.Equal(StatusCodes.Status403Forbidden, Refuse(Request(null, "genapi-admin"), AdminAction.CreateToken));
        Assert.Equal(3, _log.Count);
        Assert.All(_log, line => Assert.Contains("create_token", line, StringComparison.Ordinal));

        _log.Clear();
        Assert.Null(Refuse(Request($"Bearer {Token}"), AdminAction.CreateToken, actions: [AdminAction.CreateToken]));
        Assert.Contains("create_token", Assert.Single(_log), StringComparison.Ordinal);
        Assert.Null(Refuse(Request($"Bearer {Token}"), AdminAction.CreateToken, actions: ["*"]));
    }

    [Fact]
    public void Who_is_unknown_learns_not_which_actions_are_allowed() =>
        Assert.Equal(StatusCodes.Status401Unauthorized, Refuse(Request("Bearer wrong"), AdminAction.CreateToken));

    private int? Refuse(HttpContext http, string? action, string? token = Token, string[]? actions = null)
    {
        var options = new GenApiGatewayOptions { AdminToken = token };
        foreach (var allowed in actions ?? [])
        {
            options.AdminActions.Add(allowed);
        }

        var refusal = new AdminGate(new Settings(options), new ListLogger<AdminGate>(_log)).Refuse(http, action);
        return refusal is null ? null : Assert.IsType<IStatusCodeHttpResult>(refusal, exactMatch: false).StatusCode;
    }

    private static DefaultHttpContext Request(string? authorization, params string[] roles)
    {
        var http = new DefaultHttpContext();
        http.Request.Path = "/admin/tokens";
        http.Request.Headers.Authorization = authorization;
        if (roles.Length > 0)
        {
            http.User = new ClaimsPrincipal(new ClaimsIdentity(roles.Select(role => new Claim(ClaimTypes.Role, role)), "test"));
        }

        return http;
    }

    private sealed class Settings(GenApiGatewayOptions options) : IOptionsMonitor<GenApiGatewayOptions>
    {
        public GenApiGatewayOptions CurrentValue => options;

        public GenApiGatewayOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<GenApiGatewayOptions, string?> listener) => null;
    }

    private sealed class ListLogger<T>(List<string> lines) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add(formatter(state, exception));
    }
}
