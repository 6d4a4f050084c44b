namespace GenApi.SampleService;

/// <summary>A user of the sample.</summary>
internal sealed record User(string UserId, string Name, string Email);

/// <summary>The sample's user table.</summary>
internal sealed class Users
{
    private readonly Dictionary<string, User> _byId = new User[]
    {
        new("alice", "Alice Adams", "alice@example.com"),
        new("bob", "Bob Brown", "bob@example.com"),
        new("carol", "Carol Clark", "carol@example.com"),
        new("dave", "Dave Davis", "dave@example.com"),
    }.ToDictionary(user => user.UserId);

    public IReadOnlyCollection<User> All => _byId.Values;

    public User? Find(string userId) => _byId.GetValueOrDefault(userId);
}
