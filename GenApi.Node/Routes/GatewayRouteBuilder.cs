using GenApi.Protocol.Configs;

namespace GenApi.Node.Routes;

/// <summary>Says how the gateway serves one endpoint of a node. Of the permissions the last one counts.</summary>
public sealed class GatewayRouteBuilder
{
    private PermissionRule? _permission;
    private bool _forwardAuthorization;

    internal GatewayRouteBuilder()
    {
    }

    /// <summary>Only verified users may use the route (<c>check_permission: "any_authenticated"</c>).</summary>
    public GatewayRouteBuilder RequireAuthenticated() => Require(new PermissionRule.AnyAuthenticated());

    /// <summary>Only the user whose id is the value of a parameter of the path may use the route (<c>check_permission: {"arg":"NAME"}</c>).</summary>
    /// <param name="parameter">The parameter as the path names it, such as <c>user_id</c> in <c>/users/{user_id}/photo</c>.</param>
    public GatewayRouteBuilder RequireParameter(string parameter) => Require(new PermissionRule.Arg(parameter));

    /// <summary>Only users with one of the roles may use the route (<c>check_permission: {"role":[…]}</c>).</summary>
    public GatewayRouteBuilder RequireRole(params string[] roles) => Require(new PermissionRule.Role(roles));

    /// <summary>Only users whom the gateway's authorization policy admits may use the route (<c>check_permission: {"policy":"NAME"}</c>).</summary>
    public GatewayRouteBuilder RequirePolicy(string policy) => Require(new PermissionRule.Policy(policy));

    /// <summary>
    /// The node gets the client's <c>Authorization</c> header. Only for nodes that need the client's own token, since they can
    /// use it in the client's name.
    /// </summary>
    public GatewayRouteBuilder ForwardAuthorization()
    {
        _forwardAuthorization = true;
        return this;
    }

    internal GatewayRoute Build() => new(_permission, _forwardAuthorization);

    private GatewayRouteBuilder Require(PermissionRule permission)
    {
        _permission = permission;
        return this;
    }
}

/// <summary>The mark of an endpoint that is declared to the gateway.</summary>
internal sealed record GatewayRoute(PermissionRule? Permission, bool ForwardAuthorization);
