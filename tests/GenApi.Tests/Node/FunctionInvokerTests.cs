using System.Runtime.CompilerServices;
using GenApi.Node.Calls;
using GenApi.Node.Functions;
using GenApi.Protocol.Link;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Tests.Node;

public sealed class FunctionInvokerTests
{
    public sealed record Answer(string Text, int? Count);

    [Fact]
    public async Task Every_kind_of_return_becomes_a_result()
    {
        Assert.Equal(["""result {"text":"a","count":null}"""], await RunAsync(() => new Answer("a", null)));
        Assert.Equal(["result 1"], await RunAsync(() => Task.FromResult(1)));
        Assert.Equal(["result 2"], await RunAsync(() => ValueTask.FromResult(2)));
        Assert.Equal(["result [1,2]"], await RunAsync(() => Enumerable.Range(1, 2)));
        Assert.Equal(["result \"extra_large\""], await RunAsync(() => ArgumentBinderTests.Size.ExtraLarge));
        Assert.Equal(["result null"], await RunAsync(() => (string?)null));
        Assert.Equal(["result null"], await RunAsync(() => { }));
        Assert.Equal(["result null"], await RunAsync(() => Task.CompletedTask));
        Assert.Equal(["result null"], await RunAsync(() => ValueTask.CompletedTask));
        Assert.Equal(["result 3"], await RunAsync(async () =>
        {
            await Task.Yield();
            return 3;
        }));
        Assert.Equal(["result null"], await RunAsync(async () => await Task.Yield()));
    }

    [Fact]
    public async Task A_sequence_that_comes_over_time_is_a_stream()
    {
        Assert.True(Invoker((int count) => Count(count)).IsStream);
        Assert.Equal(["item 0", "item 1", "end"], await RunAsync((int count) => Count(count), """{"count":2}"""));
    }

    [Fact]
    public async Task A_stream_writer_has_the_four_verbs()
    {
        Assert.Equal(["item 1", "end"], await RunAsync(async (IStreamWriter<int> writer) => await writer.SendResultAsync(1)));
        Assert.Equal(["item 1", "last 2"], await RunAsync(async (IStreamWriter<int> writer) =>
        {
            await writer.SendResultAsync(1);
            await writer.SendLastResultAsync(2);
        }));
        Assert.Equal(["end"], await RunAsync(async (IStreamWriter<int> writer) => await writer.SendCompleteAsync()));
        Assert.Equal(["error function_error: no"], await RunAsync(async (IStreamWriter<int> writer) => await writer.SendErrorAsync("no")));
        Assert.Equal(["end"], await RunAsync((IStreamWriter<int> writer) => { }));
    }

    [Fact]
    public async Task A_complete_stream_takes_no_more()
    {
        var answers = await RunAsync(async (IStreamWriter<int> writer) =>
        {
            await writer.SendCompleteAsync();
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.SendResultAsync(1));
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.SendLastResultAsync(1));
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.SendCompleteAsync());
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.SendErrorAsync("x"));
        });

        Assert.Equal(["end"], answers);
    }

    [Fact]
    public async Task Arguments_that_do_not_fit_are_answered_and_the_function_does_not_run()
    {
        var ran = false;
        var answers = await RunAsync(
            (int count) =>
            {
                ran = true;
                return count;
            },
            """{"count":"x"}""");

        Assert.Equal(["error invalid_arguments: Invalid argument 'count': does not fit the type Int32."], answers);
        Assert.False(ran);
    }

    [Fact]
    public async Task What_a_function_throws_comes_out_as_it_is()
    {
        var error = await Assert.ThrowsAsync<FunctionException>(() => RunAsync(string () => throw new FunctionException("no")));
        var late = await Assert.ThrowsAsync<FunctionException>(() => RunAsync(async Task<int> () =>
        {
            await Task.Yield();
            throw new FunctionException("late");
        }));

        Assert.Equal(("no", "late"), (error.Message, late.Message));
    }

    [Fact]
    public async Task The_context_tells_who_calls()
    {
        CallContext? context = null;
        using var cancellation = new CancellationTokenSource();
        var header = new CallHeader
        {
            Function = "f",
            RequestId = "r1",
            Service = "s",
            RequestType = "t",
            Version = "1.0.0",
            UserId = "alice",
            DeviceId = "phone",
            Roles = ["admin"],
        };
        await RunAsync((CallContext call) => { context = call; }, header: header, cancellation: cancellation);

        Assert.Equal(
            new CallContext
            {
                RequestId = "r1",
                Service = "s",
                RequestType = "t",
                Version = "1.0.0",
                UserId = "alice",
                DeviceId = "phone",
                Roles = header.Roles,
                Cancellation = cancellation.Token,
            },
            context);
    }

    [Fact]
    public async Task The_cancellation_token_is_the_calls()
    {
        using var cancellation = new CancellationTokenSource();
        CancellationToken given = default;
        await RunAsync((CancellationToken token) => { given = token; }, cancellation: cancellation);

        Assert.Equal(cancellation.Token, given);
        Assert.True(Invoker((CancellationToken token) => { }).NeedsCancellation);
        Assert.True(Invoker((CallContext call) => { }).NeedsCancellation);
        Assert.False(Invoker((string text) => { }).NeedsCancellation);
    }

    [Fact]
    public async Task Services_come_from_a_scope_that_ends_with_the_call()
    {
        var services = new ServiceCollection();
        services.AddScoped<Disposable>();
        services.AddKeyedSingleton("blue", "the blue one");
        await using var provider = services.BuildServiceProvider();
        Disposable? used = null;
        var disposedDuring = true;
        var answers = await RunAsync(
            async (Disposable service, [FromKeyedServices("blue")] string keyed) =>
            {
                used = service;
                await Task.Yield();
                disposedDuring = service.IsDisposed;
                return keyed;
            },
            services: provider);

        Assert.Equal(["result \"the blue one\""], answers);
        Assert.False(disposedDuring);
        Assert.True(used!.IsDisposed);
    }

    [Fact]
    public async Task A_class_of_functions_is_made_for_each_call_and_disposed_after_it()
    {
        var services = new ServiceCollection();
        var log = new List<string>();
        services.AddSingleton(log);
        await using var provider = services.BuildServiceProvider();
        var builder = new NodeBuilder("test");
        builder.MapFunctions<Functions>();
        var registry = builder.Build(provider.GetRequiredService<IServiceProviderIsService>());

        for (var i = 0; i < 2; i++)
        {
            var output = new RecordedOutput();
            await registry.Find("say_hello")!.Invoker.InvokeAsync(
                new Invocation(new CallHeader { Function = "say_hello" }, """{"name":"Ann"}"""u8.ToArray(), output, provider, CancellationToken.None));

            Assert.Equal(["result \"Hello Ann\""], output.Answers);
        }

        Assert.Equal(["made", "called", "disposed", "made", "called", "disposed"], log);
    }

    private static async IAsyncEnumerable<int> Count(int count, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return i;
        }
    }

    private static GenApi.Node.Signatures.FunctionInvoker Invoker(Delegate function, IServiceProvider? services = null)
    {
        var builder = new NodeBuilder("test");
        builder.MapInternal("f", function);
        return builder.Build(services?.GetRequiredService<IServiceProviderIsService>()).Find("f")!.Invoker;
    }

    private static async Task<List<string>> RunAsync(
        Delegate function,
        string args = "{}",
        CallHeader? header = null,
        IServiceProvider? services = null,
        CancellationTokenSource? cancellation = null)
    {
        var output = new RecordedOutput();
        await Invoker(function, services).InvokeAsync(new Invocation(
            header ?? new CallHeader { Function = "f" },
            System.Text.Encoding.UTF8.GetBytes(args),
            output,
            services ?? new ServiceCollection().BuildServiceProvider(),
            cancellation?.Token ?? CancellationToken.None));
        return output.Answers;
    }

    internal sealed class Disposable : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    internal sealed class Functions : IDisposable
    {
        private readonly List<string> _log;

        public Functions(List<string> log)
        {
            _log = log;
            log.Add("made");
        }

        [Function]
        public async Task<string> SayHelloAsync(string name)
        {
            await Task.Yield();
            _log.Add("called");
            return $"Hello {name}";
        }

        public void Dispose() => _log.Add("disposed");
    }
}
