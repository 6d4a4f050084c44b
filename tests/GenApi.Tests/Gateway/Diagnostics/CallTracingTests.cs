using System.Security.Claims;
using GenApi.Gateway;
using GenApi.Gateway.Calls;
using GenApi.Gateway.Diagnostics.Tracing;
using GenApi.Gateway.Security;
using GenApi.Gateway.Telemetry;
using GenApi.Gateway.Telemetry.Events;
using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GenApi.Tests.Gateway.Diagnostics;

/// <summary>Traces and time, and what nobody pays for.</summary>
public sealed class CallTracingTests : IAsyncDisposable
{
    private readonly ManualTimers _time = new();
    private readonly WebApplication _gateway;

    public CallTracingTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.AddGenApiGateway();
        _gateway = builder.Build();
    }

    private CallTracing Tracing => _gateway.Services.GetRequiredService<CallTracing>();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public void A_trace_ends_by_itself_and_is_forgotten_a_minute_later()
    {
        var trace = Tracing.Start(new TraceRequest { Target = "functions", DurationMs = 5000 });
        Assert.Equal(_time.GetUtcNow().AddSeconds(5), trace.EndsAt);
        _time.Advance(TimeSpan.FromMilliseconds(4999));
        Assert.Equal(1, Tracing.Status().Active);
        Begin("one");
        _time.Advance(TimeSpan.FromMilliseconds(1));

        var ended = Assert.Single(Tracing.Status().Traces);
        Assert.Equal(("expired", 1), (ended.Ended, ended.Buffered));
        Assert.Null(Begin("two").Trace);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Single(Tracing.Status().Traces);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(Tracing.Status().Traces);
        Assert.Equal(0, _time.Count);
    }

    [Fact]
    public void It_lasts_a_minute_unless_it_is_told_otherwise_and_an_hour_at_the_most()
    {
        Assert.Equal(_time.GetUtcNow().AddMinutes(1), Tracing.Start(new TraceRequest { Target = "functions" }).EndsAt);
        Assert.Equal(_time.GetUtcNow().AddHours(1), Tracing.Start(new TraceRequest { Target = "functions", DurationMs = 3_600_000 }).EndsAt);
        Assert.Contains("3600000", Assert.Throws<ArgumentException>(() => Tracing.Start(new TraceRequest { Target = "functions", DurationMs = 3_600_001 })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Tracing.Start(new TraceRequest { Target = "functions", DurationMs = long.MaxValue }));
    }

    [Fact]
    public void Traces_that_have_ended_do_not_pile_up()
    {
        for (var i = 0; i < 100; i++)
        {
            Tracing.Stop(Tracing.Start(new TraceRequest { Target = "functions" }).Id);
        }

        Assert.InRange(Tracing.Status().Traces.Count, 1, 16);
    }

    [Fact]
    public void What_does_not_fit_is_dropped_and_counted()
    {
        var trace = Tracing.Start(new TraceRequest { Target = "functions", Flags = ["call"] });
        for (var i = 0; i < 1234; i++)
        {
            Begin($"r{i}");
        }

        var status = Tracing.Stop(trace.Id)!;
        Assert.Equal((1234, 1000, 234), (status.Counts["call"], status.Buffered, status.Dropped));
    }

    [Fact]
    public void While_nobody_traces_or_listens_a_call_allocates_nothing_for_it()
    {
        var events = _gateway.Services.GetRequiredService<GatewayEvents>();
        var telemetry = _gateway.Services.GetRequiredService<CallTelemetry>();
        var call = NewCall("r");
        Pass();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Pass();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Pass()
        {
            telemetry.Start(call);
            telemetry.Stop(call, null);
            Tracing.Begin(call);
            events.TaskStarted("async", call, 0);
            events.TaskEnded("async", call, 0, null, counts: false);
            events.LimitsChecked("alice", "ok", 0);
        }
    }

    [Fact]
    public void Names_of_clients_are_no_labels()
    {
        var labels = new FunctionLabels(Microsoft.Extensions.Options.Options.Create(new GenApiGatewayOptions { Telemetry = { MaxFunctions = 1 } }));

        Assert.Equal((FunctionLabels.Unknown, FunctionLabels.Unknown), labels.Of(NewCall("r")));
    }

    [Theory]
    [InlineData("executor.request.*", 3)]
    [InlineData("genapi.executor.request.*", 3)]
    [InlineData("*", 43)]
    [InlineData("config.pull.start", 1)]
    public void A_filter_stands_for_the_names_that_fit(string pattern, int count) => Assert.Equal(count, EventFilter.Read([pattern], out _)!.Names.Count());

    private static Call NewCall(string requestId) => new(
        new CallRequest { Service = "s", RequestType = "t", RequestId = requestId, Args = RawJson.EmptyObject },
        Caller.Of(new ClaimsPrincipal(), null),
        CancellationToken.None);

    private Call Begin(string requestId)
    {
        var call = NewCall(requestId);
        Tracing.Begin(call);
        return call;
    }
}
