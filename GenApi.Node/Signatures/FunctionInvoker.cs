using System.Reflection;
using System.Text.Json;
using GenApi.Node.Calls;
using GenApi.Protocol.Calls;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Node.Signatures;

/// <summary>Runs one C# method for one call: binds the arguments, invokes, and takes the result to the output.</summary>
internal sealed class FunctionInvoker
{
    private readonly Signature _signature;
    private readonly ArgumentBinder _binder;
    private readonly ResultAdapter _result;
    private readonly MethodInvoker _method;
    private readonly StreamWriterFactory? _streamWriter;
    private readonly object? _target;
    private readonly ObjectFactory? _targetFactory;
    private readonly bool _needsScope;

    /// <param name="signature">What the method takes.</param>
    /// <param name="target">The object of a delegate; null for static methods and those of <paramref name="targetType"/>.</param>
    /// <param name="targetType">The class that is made anew for each call; null where there is none.</param>
    /// <param name="options">How values become JSON.</param>
    /// <param name="ignoreUnknownArguments">Whether arguments that the method does not take are left out rather than refused, as hooks do.</param>
    public FunctionInvoker(Signature signature, object? target, Type? targetType, JsonSerializerOptions options, bool ignoreUnknownArguments = false)
    {
        _signature = signature;
        _binder = new ArgumentBinder(signature, options, ignoreUnknownArguments);
        _result = ResultAdapter.For(signature.Method, options);
        _method = MethodInvoker.Create(signature.Method);
        _target = target;
        _targetFactory = targetType is null ? null : ActivatorUtilities.CreateFactory(targetType, []);
        _needsScope = targetType is not null || signature.Has(ParameterSource.Service);
        _streamWriter = signature.Parameters.FirstOrDefault(parameter => parameter.Source == ParameterSource.StreamWriter) is { } writer
            ? StreamWriterFactory.For(writer.Type, options)
            : null;
        NeedsCancellation = IsStream || signature.Has(ParameterSource.Cancellation) || signature.Has(ParameterSource.Context);
    }

    public bool IsStream => _streamWriter is not null || _result.IsStream;

    /// <summary>Whether the method can be told that nobody waits any more.</summary>
    public bool NeedsCancellation { get; }

    /// <summary>Runs the method. Every failure becomes an error on the output; nothing is thrown but cancellation.</summary>
    public async ValueTask InvokeAsync(Invocation invocation)
    {
        var values = new object?[_signature.Parameters.Count];
        if (_binder.Bind(invocation.Args.Span, values) is { } errors)
        {
            await invocation.Output.ErrorAsync(CallError.InvalidArguments(errors), invocation.Cancellation).ConfigureAwait(false);
            return;
        }

        if (!_needsScope)
        {
            await RunAsync(invocation, _target, values, invocation.Services).ConfigureAwait(false);
            return;
        }

        await using var scope = invocation.Services.CreateAsyncScope();
        var target = _targetFactory is null ? _target : _targetFactory(scope.ServiceProvider, null);
        try
        {
            await RunAsync(invocation, target, values, scope.ServiceProvider).ConfigureAwait(false);
        }
        finally
        {
            if (_targetFactory is not null)
            {
                await DisposeAsync(target).ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask DisposeAsync(object? target)
    {
        switch (target)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync().ConfigureAwait(false);
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    private ValueTask RunAsync(in Invocation invocation, object? target, object?[] values, IServiceProvider services)
    {
        IStreamWriterCompletion? writer = null;
        for (var i = 0; i < values.Length; i++)
        {
            switch (_signature.Parameters[i].Source)
            {
                case ParameterSource.Context:
                    values[i] = invocation.ToContext();
                    break;
                case ParameterSource.Cancellation:
                    values[i] = invocation.Cancellation;
                    break;
                case ParameterSource.StreamWriter:
                    values[i] = writer = _streamWriter!.Create(invocation.Output, invocation.Cancellation);
                    break;
                case ParameterSource.Service:
                    values[i] = Resolve(services, _signature.Parameters[i]);
                    break;
            }
        }

        var returned = Call(target, values);
        return writer is null
            ? _result.WriteAsync(returned, invocation.Output, invocation.Cancellation)
            : FinishAsync(returned, writer);
    }

    private object? Call(object? target, object?[] values)
    {
        try
        {
            return _method.Invoke(target, values.AsSpan());
        }
        catch (TargetInvocationException error) when (error.InnerException is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error.InnerException);
            throw;
        }
    }

    private static object Resolve(IServiceProvider services, SignatureParameter parameter) => parameter.ServiceKey is { } key
        ? services.GetRequiredKeyedService(parameter.Type, key)
        : services.GetRequiredService(parameter.Type);

    /// <summary>A function with a stream writer may run on after its first await; its stream ends with it.</summary>
    private static async ValueTask FinishAsync(object? returned, IStreamWriterCompletion writer)
    {
        switch (returned)
        {
            case Task task:
                await task.ConfigureAwait(false);
                break;
            case ValueTask task:
                await task.ConfigureAwait(false);
                break;
        }

        await writer.CompleteAsync().ConfigureAwait(false);
    }
}
