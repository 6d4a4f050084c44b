using GenApi.Gateway.Calls;
using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Permissions;

/// <summary>Decides whether a caller may call a function. One for each function, made from its config.</summary>
internal abstract class PermissionCheck
{
    /// <summary>The strategy's name in diagnostics.</summary>
    public abstract string Strategy { get; }

    /// <summary>The rule in one sentence.</summary>
    public abstract string Description { get; }

    /// <summary>Whether a function on a node decides.</summary>
    public virtual bool AsksNode => false;

    /// <summary>Null when the call may go on.</summary>
    public abstract ValueTask<CallError?> CheckAsync(Call call);

    /// <summary>Why it would deny everybody; null: it would not, or asks a node.</summary>
    public virtual ValueTask<string?> FindMissingAsync() => default;

    protected static CallError Denied(string reason) => new(ErrorCode.PermissionDenied, reason);
}
