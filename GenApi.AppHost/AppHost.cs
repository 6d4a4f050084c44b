using GenApi.AppHost;
using Microsoft.Extensions.Configuration;

var builder = DistributedApplication.CreateBuilder(args);

// Where `aspire publish` writes the cluster to, as a Docker Compose file.
builder.AddDockerComposeEnvironment("compose");

// Generated at the first start and remembered, unless configuration sets Parameters:cluster-token or Parameters:admin-token.
// Letters and digits only: tokens travel in headers and get pasted into shells.
var clusterToken = builder.AddParameter("cluster-token", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);
var adminToken = builder.AddParameter("admin-token", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);

var redis = builder.AddRedis("redis")
    .WithDataVolume()
    .WithLifetime(ContainerLifetime.Persistent)
    .WithRedisInsight(insight => insight.WithExplicitStart());

// Gateways share all they know through Redis, so there can be any number of them.
var gateway = builder.AddProject<Projects.GenApi_Gateway>("gateway")
    .WithHttpEndpoint(port: 5080)
    .WithReplicas(builder.Configuration.GetValue("Replicas:gateway", 2))
    .WithEnvironment("GenApi__ClusterToken", clusterToken)
    .WithEnvironment("GenApi__AdminToken", adminToken)
    .WithEnvironment("GenApi__AdminActions__0", "*")
    .WithReference(redis)
    .WaitFor(redis)
    .WithHttpHealthCheck("/health")
    .WithExternalHttpEndpoints()
    .WithDashboard(adminToken)
    .WithCliAccess(adminToken);

// Nodes do not wait for the gateway: they push until they are accepted, and starting side by side is faster.
builder.AddProject<Projects.GenApi_SampleService>("sample")
    .WithHttpEndpoint(port: 5090)
    .WithReplicas(builder.Configuration.GetValue("Replicas:sample", 2))
    .AsNodeOf(gateway, clusterToken)
    .WithFirstCall(gateway, adminToken, "/api/sample/echo", """{"message":"hello"}""");

builder.Build().Run();
