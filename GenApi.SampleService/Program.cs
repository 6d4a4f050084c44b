using GenApi.Node;
using GenApi.SampleService;

try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults();
    builder.Services.AddSingleton<Users>();
    builder.Services.AddSingleton<Counters>();
    builder.AddGenApiNode("sample", node =>
    {
        node.Version = "1.0.0";
        node.MapFunctions<SampleFunctions>();
        node.MapFunctions<ModeFunctions>();
        node.MapFunctions<RoutingFunctions>();
    });

    var app = builder.Build();
    app.MapDefaultEndpoints();
    app.MapGenApiNode();
    app.MapPlain();
    await app.RunAsync();
    return 0;
}
catch (Exception error) when (StartFailure.Explain(error))
{
    return 1;
}
