namespace GenApi.Gateway.Diagnostics;

/// <summary>The names of breaker states in diagnostics.</summary>
internal static class BreakerStates
{
    extension(BreakerState state)
    {
        /// <summary><c>closed</c>, <c>open</c> or <c>half_open</c>.</summary>
        public string Name => state switch
        {
            BreakerState.Open => "open",
            BreakerState.HalfOpen => "half_open",
            _ => "closed",
        };
    }
}
