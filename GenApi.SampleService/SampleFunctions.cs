using System.Diagnostics;
using GenApi.Node.Calls;
using GenApi.Node.Functions;

namespace GenApi.SampleService;

/// <summary>One function for each thing that a node can do.</summary>
internal sealed class SampleFunctions(Users users)
{
    [Function("echo", Description = "Answers what it was sent.")]
    [RequireAuthenticated]
    public static EchoAnswer Echo(string message) => new(message);

    [Function("whoami", Description = "Answers who the gateway says the caller is.")]
    public static WhoAmIAnswer WhoAmI(CallContext call) =>
        new(call.UserId, call.DeviceId, call.Roles, call.RequestId, Environment.ProcessId);

    [Function("list_users", Description = "Lists all users.")]
    public IEnumerable<User> ListUsers() => users.All;

    [Function("get_user", Description = "Gets a user; everybody may get only themselves.")]
    [RequireArgument("user_id")]
    public User GetUser(string userId) =>
        users.Find(userId) ?? throw new FunctionException($"There is no user '{userId}'.");

    [Function("search", Description = "Searches the users by name. Takes its arguments as one object.")]
    public SearchAnswer Search([AsParameters] SearchQuery query)
    {
        var found = users.All.Where(user => user.Name.Contains(query.Query, StringComparison.OrdinalIgnoreCase)).ToList();
        return new SearchAnswer(found.Count, [.. found.Skip(query.Offset).Take(query.Limit)]);
    }

    [Function("create_post", Description = "Shows the constraints that arguments can have.")]
    public static Post CreatePost(
        [Arg(MaxBytes = 200)] string title,
        [Arg(MaxBytes = 50_000)] string body,
        [Arg(MaxItems = 10, MaxItemBytes = 50)] IReadOnlyList<string> tags,
        [Arg(Required = ["author"], Accept = ["author", "category"])] IReadOnlyDictionary<string, string> metadata,
        bool published = false) =>
        new(Guid.NewGuid(), title, body.Length, tags, metadata["author"], metadata.GetValueOrDefault("category"), published);

    [Function("slow", Description = "Answers after so many milliseconds, and stops at once when nobody waits any more.")]
    public static async Task<SlowAnswer> SlowAsync([Arg(Min = 0, Max = 60_000)] int ms, CancellationToken cancellationToken)
    {
        await Task.Delay(ms, cancellationToken);
        return new SlowAnswer(ms, Environment.ProcessId);
    }

    [Function("fail", Description = "Fails in one of three ways.")]
    public static string Fail(FailureKind kind)
    {
        switch (kind)
        {
            case FailureKind.Error:
                throw new FunctionException("This function was asked to fail.");
            case FailureKind.Crash:
                // As a process ends that the system has killed.
                Process.GetCurrentProcess().Kill();
                return "unreachable";
            default:
                throw new InvalidOperationException("This function was asked to throw.");
        }
    }

    [Function("admin_stats", Description = "Answers figures of this node; only for the role admin.")]
    [RequireRole("admin")]
    public AdminStats GetAdminStats() => new(
        users.All.Count,
        Environment.ProcessId,
        Environment.WorkingSet,
        (long)(DateTime.UtcNow - Process.GetCurrentProcess().StartTime.ToUniversalTime()).TotalSeconds);
}
