namespace GenApi.Gateway.Diagnostics.Health;

/// <summary>
/// Looks after one part of the gateway. Anybody may have it run as often as they like, by asking <c>/health</c>: it reads what
/// this process knows, and asks nobody.
/// </summary>
internal interface IComponentCheck
{
    /// <summary>The part's name in diagnostics.</summary>
    string Name { get; }

    ComponentHealth Check();
}
