using GenApi.Gateway.Relay;

namespace GenApi.Gateway.Diagnostics.Health.Checks;

/// <summary>The relay groups with members on this gateway.</summary>
internal sealed class RelayCheck(GroupFeeds groups, RelayUsers users) : IComponentCheck
{
    public string Name => "relay";

    public ComponentHealth Check() => ComponentHealth.Ok(new("groups_here", groups.Known.Count()), new("users_here", users.Count));
}
