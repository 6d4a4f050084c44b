using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GenApi.Node.Calls;
using GenApi.Protocol.Json;

namespace GenApi.Node.Signatures;

/// <summary>Takes what a method returns – a value, a task, a stream – to the call's output.</summary>
internal abstract class ResultAdapter
{
    /// <summary>Whether the method produces a stream of chunks.</summary>
    public virtual bool IsStream => false;

    public abstract ValueTask WriteAsync(object? returned, ICallOutput output, CancellationToken cancellationToken);

    public static ResultAdapter For(MethodInfo method, JsonSerializerOptions options)
    {
        var type = method.ReturnType;
        if (type == typeof(void))
        {
            return new NothingAdapter();
        }

        if (type == typeof(Task))
        {
            return new TaskAdapter();
        }

        if (type == typeof(ValueTask))
        {
            return new ValueTaskAdapter();
        }

        if (GenericArgument(type, typeof(Task<>)) is { } taskOf)
        {
            return Create(typeof(TaskAdapter<>), taskOf);
        }

        if (GenericArgument(type, typeof(ValueTask<>)) is { } valueTaskOf)
        {
            return Create(typeof(ValueTaskAdapter<>), valueTaskOf);
        }

        var streamOf = type.GetInterfaces().Append(type).Select(candidate => GenericArgument(candidate, typeof(IAsyncEnumerable<>))).FirstOrDefault(item => item is not null);
        return streamOf is not null ? Create(typeof(StreamAdapter<>), streamOf) : Create(typeof(ValueAdapter<>), type);

        ResultAdapter Create(Type generic, Type argument) =>
            (ResultAdapter)Activator.CreateInstance(generic.MakeGenericType(argument), options.GetTypeInfo(argument))!;
    }

    private static Type? GenericArgument(Type type, Type generic) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == generic ? type.GetGenericArguments()[0] : null;

    /// <summary>A method that returns nothing answers <c>null</c>.</summary>
    private static ValueTask Nothing(ICallOutput output, CancellationToken cancellationToken) =>
        output.ResultAsync(RawJson.Null, ProtocolJson.Default.RawJson, cancellationToken);

    private sealed class NothingAdapter : ResultAdapter
    {
        public override ValueTask WriteAsync(object? returned, ICallOutput output, CancellationToken cancellationToken) =>
            Nothing(output, cancellationToken);
    }

    private sealed class TaskAdapter : ResultAdapter
    {
        public override async ValueTask WriteAsync(object? returned, ICallOutput output, CancellationToken cancellationToken)
        {
            await ((Task)returned!).ConfigureAwait(false);
            await Nothing(output, cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed class ValueTaskAdapter : ResultAdapter
    {
        public override async ValueTask WriteAsync(object? returned, ICallOutput output, CancellationToken cancellationToken)
        {
            await ((ValueTask)returned!).ConfigureAwait(false);
            await Nothing(output, cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed class ValueAdapter<T>(JsonTypeInfo<T> type) : ResultAdapter
    {
        public override ValueTask WriteAsync(object? returned, ICallOutput output, CancellationToken cancellationToken) =>
            output.ResultAsync((T)returned!, type, cancellationToken);
    }

    private sealed class TaskAdapter<T>(JsonTypeInfo<T> type) : ResultAdapter
    {
        public override async ValueTask WriteAsync(object? returned, ICallOutput output, CancellationToken cancellationToken) =>
            await output.ResultAsync(await ((Task<T>)returned!).ConfigureAwait(false), type, cancellationToken).ConfigureAwait(false);
    }

    private sealed class ValueTaskAdapter<T>(JsonTypeInfo<T> type) : ResultAdapter
    {
        public override async ValueTask WriteAsync(object? returned, ICallOutput output, CancellationToken cancellationToken) =>
            await output.ResultAsync(await ((ValueTask<T>)returned!).ConfigureAwait(false), type, cancellationToken).ConfigureAwait(false);
    }

    private sealed class StreamAdapter<T>(JsonTypeInfo<T> type) : ResultAdapter
    {
        public override bool IsStream => true;

        public override async ValueTask WriteAsync(object? returned, ICallOutput output, CancellationToken cancellationToken)
        {
            await foreach (var item in ((IAsyncEnumerable<T>)returned!).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                await output.ItemAsync(item, type, cancellationToken).ConfigureAwait(false);
            }

            await output.EndAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
