using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace GenApi.Gateway.Tests.Storage;

/// <summary>Data of a <see cref="RedisTheoryAttribute"/>: every kind of store, each in turn.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnEveryStoreAttribute() : StoreDataAttribute(StoreKind.Memory, StoreKind.Redis, StoreKind.RedisCluster);

/// <summary>Data of a <see cref="RedisTheoryAttribute"/>: every kind of store that gateways share.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnEveryRedisAttribute() : StoreDataAttribute(StoreKind.Redis, StoreKind.RedisCluster);

/// <summary>A row for each of these stores.</summary>
public abstract class StoreDataAttribute(params StoreKind[] kinds) : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. kinds.Select(kind => new TheoryDataRow<StoreKind>(kind))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
