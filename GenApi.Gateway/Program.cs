using GenApi.Gateway;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddGenApiGateway();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGenApiGateway();
await app.RunAsync();
