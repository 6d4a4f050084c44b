namespace GenApi.Gateway.Telemetry.Events;

/// <summary>The names of a hook's events.</summary>
/// <param name="Name"><c>before</c> or <c>after</c>.</param>
/// <param name="Start">It starts.</param>
/// <param name="Stop">It has decided.</param>
/// <param name="Exception">It failed.</param>
internal sealed record HookPhase(string Name, string Start, string Stop, string Exception)
{
    public static HookPhase Before { get; } = new("before", EventNames.BeforeHookStart, EventNames.BeforeHookStop, EventNames.BeforeHookException);

    public static HookPhase After { get; } = new("after", EventNames.AfterHookStart, EventNames.AfterHookStop, EventNames.AfterHookException);
}
