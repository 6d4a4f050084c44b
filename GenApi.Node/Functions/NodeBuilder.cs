using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using GenApi.Node.Signatures;
using GenApi.Protocol.Configs;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Node.Functions;

/// <summary>Registers the functions of a service.</summary>
public sealed class NodeBuilder
{
    private readonly List<Registration> _registrations = [];

    internal NodeBuilder(string service) => Service = service;

    /// <summary>The service's name.</summary>
    public string Service { get; }

    /// <summary>The version of every function that names none itself; null: they are unversioned.</summary>
    public string? Version { get; set; }

    /// <summary>
    /// What tells this set of functions from another when it is pushed; a gateway that has the same version skips the push.
    /// Null: a hash of the configs, which changes whenever one of them does.
    /// </summary>
    public string? ConfigVersion { get; set; }

    /// <summary>
    /// How arguments and results become JSON: snake_case names and enum values, unless you change it here. Frozen when the
    /// host is built.
    /// </summary>
    public JsonSerializerOptions JsonOptions { get; } = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.Strict,

        // As strict as the gateway, or a member spelt in another way would pass its permission check and still be bound.
        PropertyNameCaseInsensitive = false,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>Makes a delegate callable through the gateway.</summary>
    /// <param name="name">The function's name as callers write it (<c>request_type</c>).</param>
    /// <param name="function">
    /// Its parameters become the arguments, by name in snake_case. Parameters of type <see cref="Calls.CallContext"/>,
    /// <see cref="CancellationToken"/>, <see cref="Calls.IStreamWriter{T}"/> and of registered services are filled in by the node.
    /// It may return a value, a task of one, nothing, or an <see cref="IAsyncEnumerable{T}"/>, which makes it a stream.
    /// </param>
    public FunctionBuilder Map(string name, Delegate function)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(function);
        var builder = new FunctionBuilder();
        foreach (var convention in function.Method.GetCustomAttributes<FunctionConventionAttribute>())
        {
            builder.With(convention);
        }

        _registrations.Add(new Registration(name, function.Method, function.Target, null, builder));
        return builder;
    }

    /// <summary>Makes a delegate callable by the gateway alone, as a hook or a permission callback that configs name.</summary>
    /// <param name="name">The name that configs use.</param>
    /// <param name="function">As in <see cref="Map"/>.</param>
    public NodeBuilder MapInternal(string name, Delegate function)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(function);
        _registrations.Add(new Registration(name, function.Method, function.Target, null, null));
        return this;
    }

    /// <summary>
    /// Registers the methods of a class that carry <see cref="FunctionAttribute"/> or <see cref="InternalFunctionAttribute"/>.
    /// For each call an object of the class is made, with its constructor's parameters from the container, and disposed afterwards.
    /// </summary>
    /// <exception cref="InvalidOperationException">No method carries one of the attributes.</exception>
    public NodeBuilder MapFunctions<T>()
        where T : class
    {
        var count = _registrations.Count;
        foreach (var method in typeof(T).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static))
        {
            var type = method.IsStatic ? null : typeof(T);
            if (method.GetCustomAttribute<FunctionAttribute>() is { } attribute)
            {
                var builder = new FunctionBuilder();
                if (attribute.Version is { } version)
                {
                    builder.WithVersion(version);
                }

                if (attribute.Description is { } description)
                {
                    builder.WithDescription(description);
                }

                foreach (var convention in method.GetCustomAttributes<FunctionConventionAttribute>())
                {
                    builder.With(convention);
                }

                _registrations.Add(new Registration(attribute.Name ?? NameOf(method), method, null, type, builder));
            }
            else if (method.GetCustomAttribute<InternalFunctionAttribute>() is { } internalFunction)
            {
                _registrations.Add(new Registration(internalFunction.Name ?? NameOf(method), method, null, type, null));
            }
        }

        return _registrations.Count > count
            ? this
            : throw new InvalidOperationException($"{typeof(T).Name} has no public method with [Function]; put it on the methods that callers may use.");
    }

    /// <summary>Derives every config from its method, and checks it as the gateway would.</summary>
    /// <exception cref="InvalidOperationException">A function cannot be registered; the message says which and why.</exception>
    internal FunctionRegistry Build(IServiceProviderIsService? services)
    {
        JsonOptions.MakeReadOnly();
        var built = _registrations.ConvertAll(registration => Build(registration, services));
        var byName = new Dictionary<string, int>();
        foreach (var definition in built)
        {
            byName[definition.Name] = byName.GetValueOrDefault(definition.Name) + 1;
        }

        // Versions of one function side by side need a name each on the link; callers never see it.
        var definitions = built.ConvertAll(definition =>
            byName[definition.Name] > 1 && definition.Config is { Version: { } version, Function: null } config
                ? definition with { Name = $"{definition.Name}.{version}", Config = config with { Function = $"{definition.Name}.{version}" } }
                : definition);

        foreach (var definition in definitions)
        {
            if (definition.Config is { } config && FunConfigValidator.Validate(config) is { Count: > 0 } reasons)
            {
                throw new InvalidOperationException($"The function '{config.Key}' is not valid: {string.Join("; ", reasons)}.");
            }
        }

        var taken = definitions.GroupBy(definition => definition.Name).FirstOrDefault(group => group.Count() > 1);
        return taken is null
            ? new FunctionRegistry(Service, ConfigVersion, definitions)
            : throw new InvalidOperationException(
                $"The service '{Service}' has {taken.Count()} functions named '{taken.Key}'; give each a name or a version of its own.");
    }

    private FunctionDefinition Build(Registration registration, IServiceProviderIsService? services)
    {
        var signature = Signature.Of(registration.Method, JsonOptions, services);
        var invoker = new FunctionInvoker(signature, registration.Target, registration.TargetType, JsonOptions, ignoreUnknownArguments: registration.Config is null);
        if (registration.Config is null)
        {
            return new FunctionDefinition(registration.Name, null, invoker);
        }

        var config = registration.Config.Apply(new FunConfig
        {
            Service = Service,
            RequestType = registration.Name,
            Version = Version,
            ArgTypes = signature.ArgTypes,
            ArgOrders = signature.ArgOrders,
            ResponseType = invoker.IsStream ? ResponseType.Stream : ResponseType.Sync,
            Timeout = invoker.IsStream ? CallTimeout.Infinity : CallTimeout.Default,
            RequestInfo = signature.Has(ParameterSource.Context),
        });
        return new FunctionDefinition(config.FunctionName, config, invoker);
    }

    private static string NameOf(MethodInfo method)
    {
        var name = method.Name.EndsWith("Async", StringComparison.Ordinal) ? method.Name[..^"Async".Length] : method.Name;
        return JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
    }

    private sealed record Registration(string Name, MethodInfo Method, object? Target, Type? TargetType, FunctionBuilder? Config);
}
