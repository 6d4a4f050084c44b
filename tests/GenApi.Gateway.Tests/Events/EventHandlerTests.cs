using System.Collections.Concurrent;
using System.Diagnostics;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Gateway.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Gateway.Tests.Events;

/// <summary>Who hears events, and for how long.</summary>
public sealed class EventHandlerTests(EventCluster shared) : IClassFixture<EventCluster>
{
    private TestCluster Cluster => shared.Cluster;

    [Fact]
    public async Task A_handler_hears_what_it_asked_for_until_it_is_detached()
    {
        var telemetry = Cluster.Gateway.Services.GetRequiredService<IGatewayTelemetry>();
        var names = new ConcurrentQueue<string>();
        using var others = new Heard(Cluster, "worker_pool.*");
        telemetry.Attach("mine", happened => names.Enqueue(happened.Name), "executor.request.*", "genapi.config.add");

        Assert.Contains("mine", telemetry.Handlers);
        Assert.Throws<InvalidOperationException>(() => telemetry.Attach("mine", _ => { }));
        Assert.Contains("executor.request.stop", Assert.Throws<ArgumentException>(() => telemetry.Attach("other", _ => { }, "nonsense.*")).Message, StringComparison.Ordinal);
        await CallAsync("later", """{"message":"x"}""");
        await Wait.UntilAsync(() => names.Contains(EventNames.RequestStop));
        Assert.All(names, name => Assert.StartsWith("genapi.executor.request.", name, StringComparison.Ordinal));

        Assert.True(telemetry.Detach("mine"));
        Assert.False(telemetry.Detach("mine"));
        Assert.DoesNotContain("mine", telemetry.Handlers);
        var before = names.Count;
        await CallAsync("node", "{}");
        Assert.Equal(before, names.Count);
    }

    [Fact]
    public async Task A_handler_that_throws_is_detached_and_harms_no_call()
    {
        var telemetry = Cluster.Gateway.Services.GetRequiredService<IGatewayTelemetry>();
        using var heard = new Heard(Cluster, "executor.request.stop");
        telemetry.Attach("broken", _ => throw new InvalidOperationException("handler fault"));
        var id = await CallAsync("node", "{}");

        await heard.OneAsync<DurationMeasurements, RequestStopMetadata>(EventNames.RequestStop, call => call.RequestId == id && call.Success);
        Assert.DoesNotContain("broken", telemetry.Handlers);
        Assert.Contains(Cluster.Gateway.Log, line => line.Contains("broken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Code_that_knows_nothing_of_GenApi_hears_them_by_the_diagnostic_listener()
    {
        var names = new ConcurrentQueue<string>();
        using var subscription = DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(listener =>
        {
            if (listener.Name == EventNames.ListenerName)
            {
                listener.Subscribe(new Observer<KeyValuePair<string, object?>>(happened => names.Enqueue(happened.Key)));
            }
        }));
        await CallAsync("node", "{}");

        await Wait.UntilAsync(() => names.Contains("genapi.executor.request.stop"));
    }

    private Task<string> CallAsync(string function, string args, string? version = null) => EventCluster.CallAsync(Cluster, function, args, version);

    private sealed class Observer<T>(Action<T> next) : IObserver<T>
    {
        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void OnNext(T value) => next(value);
    }
}
