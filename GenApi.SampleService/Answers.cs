namespace GenApi.SampleService;

internal sealed record EchoAnswer(string Message);

internal sealed record WhoAmIAnswer(string? UserId, string? DeviceId, IReadOnlyList<string> Roles, string RequestId, int ProcessId);

internal sealed record SearchQuery(string Query, int Limit = 20, int Offset = 0);

internal sealed record SearchAnswer(int Total, IReadOnlyList<User> Users);

internal sealed record Post(Guid Id, string Title, int BodyLength, IReadOnlyList<string> Tags, string Author, string? Category, bool Published);

internal sealed record SlowAnswer(int Ms, int ProcessId);

internal sealed record AdminStats(int Users, int ProcessId, long WorkingSetBytes, long UptimeSeconds);

/// <summary>How the function <c>fail</c> fails.</summary>
internal enum FailureKind
{
    Error,
    Throw,
    Crash,
}

internal sealed record Report(string File, string Format, int Pages);

internal sealed record Tick(int N, string? Padding);

internal sealed record CounterAnswer(string UserId, int Count, int ProcessId);

internal sealed record FlakyAnswer(int Attempt, int ProcessId);

internal sealed record QuotaAnswer(string UserId, int Used, int? Left);

/// <summary>What an after hook is shown of a response; members that it does not need are left out.</summary>
internal sealed record QuotaResponse(QuotaAnswer? Result);
