using System.Reflection;
using System.Text.Json;
using GenApi.Node.Calls;
using GenApi.Node.Functions;
using GenApi.Protocol.Configs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace GenApi.Node.Signatures;

/// <summary>Where a parameter's value comes from.</summary>
internal enum ParameterSource
{
    /// <summary>An argument of the call, by name.</summary>
    Argument,

    /// <summary>All arguments of the call as one object (<c>[AsParameters]</c>, the seed's <c>arg_orders: :map</c>).</summary>
    AllArguments,

    /// <summary>The <see cref="CallContext"/>.</summary>
    Context,

    /// <summary>The call's cancellation token.</summary>
    Cancellation,

    /// <summary>An <see cref="IStreamWriter{T}"/>.</summary>
    StreamWriter,

    /// <summary>A service from the dependency injection container.</summary>
    Service,
}

/// <summary>One parameter of a function.</summary>
internal sealed record SignatureParameter(string Name, Type Type, ParameterSource Source, bool Nullable, object? Default, object? ServiceKey)
{
    public bool HasDefault => Default is not DBNull;
}

/// <summary>What a C# method says about the function it becomes: its parameters, and the arguments they ask for.</summary>
internal sealed record Signature(
    MethodInfo Method,
    IReadOnlyList<SignatureParameter> Parameters,
    IReadOnlyDictionary<string, ArgType> ArgTypes,
    ArgOrders ArgOrders)
{
    public bool Has(ParameterSource source) => Parameters.Any(parameter => parameter.Source == source);

    /// <exception cref="InvalidOperationException">A parameter cannot come from a call; the message says which and why.</exception>
    public static Signature Of(MethodInfo method, JsonSerializerOptions options, IServiceProviderIsService? services)
    {
        var parameters = new List<SignatureParameter>();
        var argTypes = new Dictionary<string, ArgType>();
        var nullability = new NullabilityInfoContext();
        var asMap = false;
        foreach (var parameter in method.GetParameters())
        {
            if (parameter.ParameterType.IsByRef)
            {
                throw Wrong("is passed by reference, which a call cannot do");
            }

            var source = SourceOf(parameter, services);
            var attribute = parameter.GetCustomAttribute<ArgAttribute>();
            var name = attribute?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Name!);
            var nullable = IsNullable(parameter.ParameterType, nullability.Create(parameter).WriteState);
            var defaultValue = parameter.HasDefaultValue ? DefaultOf(parameter) : DBNull.Value;
            var serviceKey = parameter.GetCustomAttribute<FromKeyedServicesAttribute>()?.Key;
            parameters.Add(new SignatureParameter(name, parameter.ParameterType, source, nullable, defaultValue, serviceKey));
            switch (source)
            {
                case ParameterSource.Argument when asMap:
                    throw Wrong("stands beside an [AsParameters] parameter, which takes all arguments already");

                case ParameterSource.Argument:
                    if (!argTypes.TryAdd(name, ArgTypeDerivation.Derive(parameter.ParameterType, nullable, attribute, defaultValue, options)))
                    {
                        throw Wrong($"has the argument name '{name}' of another parameter");
                    }

                    break;

                case ParameterSource.AllArguments:
                    if (argTypes.Count > 0)
                    {
                        throw Wrong("is [AsParameters] and stands beside other arguments");
                    }

                    asMap = true;
                    argTypes = MembersOf(parameter.ParameterType, options);
                    break;
            }

            InvalidOperationException Wrong(string what) =>
                new($"The parameter '{parameter.Name}' of {method.DeclaringType?.Name}.{method.Name} {what}.");
        }

        return new Signature(method, parameters, argTypes, asMap ? ArgOrders.Map : new ArgOrders([.. argTypes.Keys]));
    }

    private static ParameterSource SourceOf(ParameterInfo parameter, IServiceProviderIsService? services)
    {
        var type = parameter.ParameterType;
        if (type == typeof(CallContext))
        {
            return ParameterSource.Context;
        }

        if (type == typeof(CancellationToken))
        {
            return ParameterSource.Cancellation;
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IStreamWriter<>))
        {
            return ParameterSource.StreamWriter;
        }

        if (parameter.GetCustomAttribute<AsParametersAttribute>() is not null)
        {
            return ParameterSource.AllArguments;
        }

        // The container has an answer for every IEnumerable<T>, be it an empty one.
        var isList = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEnumerable<>);
        var isService = parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is not null
            || (type != typeof(string) && !type.IsValueType && !isList && services?.IsService(type) == true);
        return isService && parameter.GetCustomAttribute<ArgAttribute>() is null ? ParameterSource.Service : ParameterSource.Argument;
    }

    private static Dictionary<string, ArgType> MembersOf(Type type, JsonSerializerOptions options)
    {
        var nullability = new NullabilityInfoContext();
        var members = new Dictionary<string, ArgType>();
        var sample = type.GetConstructor(Type.EmptyTypes) is { } constructor ? constructor.Invoke(null) : null;
        foreach (var member in options.GetTypeInfo(type).Properties)
        {
            if (member.AttributeProvider is not PropertyInfo property)
            {
                continue;
            }

            var parameter = member.AssociatedParameter;
            var nullable = IsNullable(property.PropertyType, nullability.Create(property).ReadState);
            var defaultValue = (member.IsRequired, parameter, sample) switch
            {
                (true, _, _) => DBNull.Value,
                (_, { HasDefaultValue: true }, _) => parameter.DefaultValue,
                (_, { }, _) => DBNull.Value,
                (_, null, { }) => property.GetValue(sample),
                _ => DBNull.Value,
            };
            var attribute = property.GetCustomAttribute<ArgAttribute>()
                ?? type.GetConstructors()
                    .SelectMany(candidate => candidate.GetParameters())
                    .FirstOrDefault(candidate => candidate.Name == property.Name)
                    ?.GetCustomAttribute<ArgAttribute>();
            members[member.Name] = ArgTypeDerivation.Derive(property.PropertyType, nullable, attribute, nullable && defaultValue is null ? DBNull.Value : defaultValue, options);
        }

        return members;
    }

    private static bool IsNullable(Type type, NullabilityState state) =>
        Nullable.GetUnderlyingType(type) is not null || (!type.IsValueType && state == NullabilityState.Nullable);

    /// <summary>Reflection gives <c>default(T)</c> of a struct as null, and an enum's default as its number.</summary>
    private static object? DefaultOf(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType);
        return parameter.DefaultValue switch
        {
            null when parameter.ParameterType.IsValueType && type is null => Activator.CreateInstance(parameter.ParameterType),
            { } value when (type ?? parameter.ParameterType).IsEnum => Enum.ToObject(type ?? parameter.ParameterType, value),
            var value => value,
        };
    }
}
