using GenApi.Protocol.Json;

namespace GenApi.Gateway.Nodes.Selection;

/// <summary>
/// Chooses the node of a call, for functions whose config says <c>choose_node_mode: {"custom":"NAME"}</c>. Register it with
/// <see cref="GenApiGatewayExtensions.AddNodeSelector{T}"/>.
/// </summary>
public interface INodeSelector
{
    /// <summary>Chooses. Runs for every call of such a function, so it must be quick, and safe for use by many threads.</summary>
    /// <param name="choice">The call, and the nodes to choose from.</param>
    /// <returns>The index of a node in <see cref="NodeChoice.Nodes"/>; any other number lets the gateway choose at random.</returns>
    int Select(in NodeChoice choice);
}

/// <summary>What a selector chooses from.</summary>
/// <param name="Service">The service called.</param>
/// <param name="RequestType">The function called.</param>
/// <param name="RequestId">The request's id.</param>
/// <param name="UserId">The caller; null: not verified.</param>
/// <param name="Args">The arguments, complete and checked.</param>
/// <param name="Nodes">The nodes that can take the call now, at least one, in the order of their addresses.</param>
public readonly record struct NodeChoice(
    string Service,
    string RequestType,
    string RequestId,
    string? UserId,
    RawJson Args,
    IReadOnlyList<NodeCandidate> Nodes);

/// <summary>A node that can take a call.</summary>
/// <param name="Address">The node's address.</param>
/// <param name="InFlight">The calls this gateway has under way there.</param>
public readonly record struct NodeCandidate(string Address, int InFlight);
