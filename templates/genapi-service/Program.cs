using GenApi.Node;
using NewNamespace;

try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults();
    builder.AddGenApiNode("service-name", node => node.MapFunctions<NewClassFunctions>());

    var app = builder.Build();
    app.MapDefaultEndpoints();
    app.MapGenApiNode();
    await app.RunAsync();
    return 0;
}
catch (Exception error) when (StartFailure.Explain(error))
{
    return 1;
}
