using GenApi.Bench.BareServer;
using Microsoft.AspNetCore.Mvc;

var builder = WebApplication.CreateBuilder(args);

builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, EchoJson.Default));
builder.Services
    .AddSignalR(options => options.MaximumParallelInvocationsPerClient = 100)
    // The generated contract alone: with a second resolver in the chain the serializer gives up its fast path.
    .AddJsonProtocol(options => options.PayloadSerializerOptions = EchoJson.Default.Options);

var app = builder.Build();

app.MapHub<EchoHub>("/echo-hub");
app.MapPost("/echo", (EchoArgs args, [FromHeader(Name = "X-Request-Id")] string requestId) =>
    TypedResults.Json(EchoResponse.Of(requestId, args.Message), EchoJson.Default.EchoResponse));
app.MapGet("/health", () => "ok");

app.Run();
