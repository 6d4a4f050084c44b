using System.Net.WebSockets;
using System.Text;
using GenApi.Node.Routes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace GenApi.Gateway.Tests.Routes;

/// <summary>The plain HTTP endpoints of the tests' nodes, most of them declared to the gateway.</summary>
internal static class TestRoutes
{
    public static void Map(WebApplication app, string node, Gates gates)
    {
        app.UseWebSockets();
        app.MapGet("/node", () => node).WithGatewayRoute();
        app.MapGet("/files/{name}", (HttpContext http, string name) => $"{name}{http.Request.QueryString}").WithGatewayRoute();
        app.MapGet("/tree/{**path}", (string path) => path).WithGatewayRoute();
        app.MapGet("/numbers/{n:int}", (int n) => n * n).WithGatewayRoute();
        app.MapMethods("/items", ["POST", "PUT"], async (HttpContext http) =>
        {
            using var body = new StreamReader(http.Request.Body);
            http.Response.StatusCode = StatusCodes.Status201Created;
            http.Response.Headers["X-Node"] = node;
            http.Response.ContentType = "text/plain";
            await http.Response.WriteAsync($"{http.Request.Method} {http.Request.ContentType} {await body.ReadToEndAsync()}");
        }).WithGatewayRoute();
        app.MapGet("/failing", () => Results.Text("the node's own words", statusCode: 418)).WithGatewayRoute();
        app.MapGet("/broken/{bytes:int}", async (HttpContext http, int bytes) =>
        {
            http.Response.ContentLength = 10;
            await http.Response.Body.WriteAsync(new byte[bytes]);
            await http.Response.Body.FlushAsync();
            http.Abort();
        }).WithGatewayRoute();
        app.MapGet("/secret", () => "undeclared");

        app.MapGet("/authenticated", () => "in").WithGatewayRoute(route => route.RequireAuthenticated());
        app.MapGet("/users/{user_id}/photo", (HttpContext http) => (string)http.Request.RouteValues["user_id"]!).WithGatewayRoute(route => route.RequireParameter("user_id"));
        app.MapGet("/admin", () => "in").WithGatewayRoute(route => route.RequireRole("admin", "boss"));
        app.MapGet("/adults", () => "in").WithGatewayRoute(route => route.RequirePolicy("adults"));
        app.MapGet("/by_policy", () => "in").WithGatewayRoute(route => route.RequirePolicy("no_such_policy"));

        app.MapGet("/headers", HeadersOf).WithGatewayRoute();
        app.MapGet("/headers/own", HeadersOf).WithGatewayRoute(route => route.ForwardAuthorization());
        app.MapGet("/caller", (GatewayCaller caller) => $"{caller.UserId}|{caller.DeviceId}|{string.Join('|', caller.Roles)}").WithGatewayRoute();

        app.MapMethods("/hold/{key}", ["GET", "POST"], async (string key, CancellationToken cancellation) =>
        {
            await gates[key].HoldAsync(node, cancellation);
            return node;
        }).WithGatewayRoute();
        app.MapGet("/events/{key}", async (HttpContext http, string key) =>
        {
            http.Response.ContentType = "text/event-stream; charset=utf-8";
            await http.Response.Body.FlushAsync();
            await gates[key].HoldAsync(node, http.RequestAborted);
            await http.Response.WriteAsync("data: now\n\n");
        }).WithGatewayRoute();
        app.Map("/socket", EchoAsync).WithGatewayRoute();
    }

    private static string HeadersOf(HttpContext http) =>
        string.Join('\n', http.Request.Headers.SelectMany(header => header.Value, (header, value) => $"{header.Key}: {value}").Prepend($"query: {http.Request.QueryString}"));

    /// <summary>First the query and the identity, then whatever it is sent, frame by frame.</summary>
    private static async Task EchoAsync(HttpContext http)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        await socket.SendAsync(Encoding.UTF8.GetBytes($"{http.Request.QueryString} {GatewayCaller.Of(http).UserId}"), WebSocketMessageType.Text, true, http.RequestAborted);
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, http.RequestAborted);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", http.RequestAborted);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, http.RequestAborted);
        }
    }
}
