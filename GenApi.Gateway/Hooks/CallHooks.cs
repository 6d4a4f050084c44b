using GenApi.Protocol.Calls;
using GenApi.Protocol.Json;

namespace GenApi.Gateway.Hooks;

/// <summary>
/// Runs before the calls of functions whose config says <c>before_execute: {"gateway":"NAME"}</c>. Register it with
/// <see cref="GenApiGatewayExtensions.AddBeforeCall{T}"/>.
/// </summary>
public interface IBeforeCall
{
    /// <summary>Looks at a call before permission and arguments are checked.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends after <c>hook_timeout</c>.</param>
    /// <returns>What is to become of the call. An exception and a timeout refuse it.</returns>
    ValueTask<BeforeCallResult> BeforeAsync(HookCall call, CancellationToken cancellationToken);
}

/// <summary>
/// Runs after the calls of functions whose config says <c>after_execute: {"gateway":"NAME"}</c>. Register it with
/// <see cref="GenApiGatewayExtensions.AddAfterCall{T}"/>.
/// </summary>
public interface IAfterCall
{
    /// <summary>Looks at the answer of a sync or async call. Streams and fire-and-forget calls have no after hook.</summary>
    /// <param name="call">The call.</param>
    /// <param name="response">The successful answer; failures do not come here.</param>
    /// <param name="cancellationToken">Ends after <c>hook_timeout</c>.</param>
    /// <returns>The result to answer in its place; null leaves the answer as it is, and so do an exception and a timeout.</returns>
    ValueTask<RawJson?> AfterAsync(HookCall call, CallResponse response, CancellationToken cancellationToken);
}

/// <summary>A call as hooks see it.</summary>
/// <param name="RequestId">The client's id for the call.</param>
/// <param name="Service">The service called.</param>
/// <param name="RequestType">The function called.</param>
/// <param name="Version">The version that answers; null: unversioned.</param>
/// <param name="UserId">The caller; null: not verified.</param>
/// <param name="DeviceId">The caller's device; null: not known.</param>
/// <param name="Roles">The caller's roles.</param>
/// <param name="Args">The arguments: as sent for a before hook, complete for an after hook.</param>
public sealed record HookCall(
    string RequestId,
    string Service,
    string RequestType,
    string? Version,
    string? UserId,
    string? DeviceId,
    IReadOnlyList<string> Roles,
    RawJson Args);

/// <summary>What a before hook wants to become of a call.</summary>
public sealed record BeforeCallResult
{
    private BeforeCallResult()
    {
    }

    /// <summary>The call goes on as it is.</summary>
    public static BeforeCallResult Continue { get; } = new();

    /// <summary>Why the call is refused; null: it is not.</summary>
    public string? Reason { get; private init; }

    /// <summary>The arguments to go on with; empty: those of the caller.</summary>
    public RawJson Args { get; private init; }

    /// <summary>The call is refused with the code <c>hook_rejected</c> and this sentence.</summary>
    public static BeforeCallResult Reject(string reason) => new() { Reason = reason };

    /// <summary>The call goes on with these arguments, a JSON object. They are checked like any others.</summary>
    public static BeforeCallResult WithArgs(RawJson args) => new() { Args = args };
}
