using GenApi.Gateway;

try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults();
    builder.AddGenApiGateway();

    var app = builder.Build();
    app.MapDefaultEndpoints();
    app.MapGenApiGateway();
    await app.RunAsync();
    return 0;
}
catch (Exception error) when (StartFailure.Explain(error))
{
    return 1;
}
