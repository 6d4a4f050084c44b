
namespace GenApi.Gateway.Tests.Relay;

/// <summary>
/// The rules of groups, every cell: what each action answers in each type of group to a user of each state. A dash stands
/// where there is no such member. What is in brackets is the state of the member afterwards.
/// </summary>
internal static class RelayTable
{
    public static readonly string[] States = ["none", "pending", "active", "muted", "admin"];

    private const string NotMember = "permission_denied Not a member of this group";
    private const string Pending = "permission_denied Pending membership: wait for acceptance";
    private const string Muted = "permission_denied You are muted and cannot send messages";
    private const string NotAdmin = "permission_denied not_admin";
    private const string NotStrict = "permission_denied not_strict_private";
    private const string NobodyWaits = "permission_denied Nobody waits for acceptance in a public group";
    private const string NoCell = "-";

    private static readonly (string Action, string Type, string[] Answers)[] Rows =
    [
        ("join", "public", ["joined (active)", NoCell, "joined (active)", NoCell, "joined (active)"]),
        ("join", "private", ["pending (pending)", "pending (pending)", "joined (active)", NoCell, "joined (active)"]),
        ("join", "strict_private", ["pending (pending)", "pending (pending)", "joined (active)", "joined (muted)", "joined (active)"]),

        ("leave", "public", [NotMember, NoCell, "left ()", NoCell, "left ()"]),
        ("leave", "private", [NotMember, "left ()", "left ()", NoCell, "left ()"]),
        ("leave", "strict_private", [NotMember, "left ()", "left ()", "left ()", "left ()"]),

        ("send", "public", [NotMember, NoCell, "relayed", NoCell, "relayed"]),
        ("send", "private", [NotMember, Pending, "relayed", NoCell, "relayed"]),
        ("send", "strict_private", [NotMember, Pending, "relayed", Muted, "relayed"]),

        ("receive", "public", ["no", NoCell, "yes", NoCell, "yes"]),
        ("receive", "private", ["no", "no", "yes", NoCell, "yes"]),
        ("receive", "strict_private", ["no", "no", "yes", "yes", "yes"]),

        ("accept", "public", [NobodyWaits, NoCell, NobodyWaits, NoCell, NobodyWaits]),
        ("accept", "private", [NotMember, Pending, "accepted (active)", NoCell, "accepted (active)"]),
        ("accept", "strict_private", [NotAdmin, NotAdmin, NotAdmin, NotAdmin, "accepted (active)"]),

        ("mute", "public", [NotStrict, NoCell, NotStrict, NoCell, NotStrict]),
        ("mute", "private", [NotStrict, NotStrict, NotStrict, NoCell, NotStrict]),
        ("mute", "strict_private", [NotAdmin, NotAdmin, NotAdmin, NotAdmin, "muted (muted)"]),

        ("unmute", "public", [NotStrict, NoCell, NotStrict, NoCell, NotStrict]),
        ("unmute", "private", [NotStrict, NotStrict, NotStrict, NoCell, NotStrict]),
        ("unmute", "strict_private", [NotAdmin, NotAdmin, NotAdmin, NotAdmin, "unmuted (active)"]),

        ("info", "public", ["told", NoCell, "told", NoCell, "told"]),
        ("info", "private", [NotMember, Pending, "told", NoCell, "told"]),
        ("info", "strict_private", [NotMember, Pending, "told", "told", "told"]),

        ("delete", "public", [NotAdmin, NoCell, NotAdmin, NoCell, "deleted ()"]),
        ("delete", "private", [NotAdmin, NotAdmin, NotAdmin, NoCell, "deleted ()"]),
        ("delete", "strict_private", [NotAdmin, NotAdmin, NotAdmin, NotAdmin, "deleted ()"]),

        ("create", "public", ["permission_denied Group already exists", NoCell, "permission_denied Group already exists", NoCell, "permission_denied Group already exists"]),
    ];

    /// <summary>Every cell that there is.</summary>
    public static IEnumerable<(string Action, string Type, string State, string Answer)> Cells =>
        from row in Rows
        from state in States.Index()
        let answer = row.Answers[state.Index]
        where answer != NoCell
        select (row.Action, row.Type, state.Item, answer);
}

/// <summary>Does what a cell of the table asks for, by one of the ways to groups.</summary>
internal abstract class RelayPlayers
{
    /// <summary>Asks for something. The status and the state in brackets, or code and error.</summary>
    public abstract Task<string> AskAsync(string user, string method, params object?[] arguments);

    /// <summary>The texts that the user has received.</summary>
    public abstract IReadOnlyList<string> Received(string user);

    /// <summary>Makes a group of that type with members of all states, has the user of that state act, and tells what came of it.</summary>
    public async Task<string> PlayAsync(string action, string type, string state, string group)
    {
        await DoAsync("owner", "CreateGroup", group, type);
        foreach (var user in (string[])["active", "friend", "muted", "silenced"])
        {
            if (type == "strict_private" || user is "active" or "friend")
            {
                await DoAsync(user, "JoinGroup", group);
                await (type == "public" ? Task.CompletedTask : DoAsync("owner", "AcceptMember", group, user));
            }
        }

        if (type == "strict_private")
        {
            await DoAsync("owner", "MuteMember", group, "muted");
            await DoAsync("owner", "MuteMember", group, "silenced");
        }

        if (type != "public")
        {
            await DoAsync("pending", "JoinGroup", group);
            await DoAsync("waiting", "JoinGroup", group);
        }

        var actor = state == "admin" ? "owner" : state;
        return action switch
        {
            "create" => await AskAsync(actor, "CreateGroup", group, type),
            "join" => await AskAsync(actor, "JoinGroup", group),
            "leave" => await AskAsync(actor, "LeaveGroup", group),
            "send" => await AskAsync(actor, "Relay", group, "hello"),
            "receive" => await ReceivesAsync(actor, group),
            "accept" => await AskAsync(actor, "AcceptMember", group, "waiting"),
            "mute" => await AskAsync(actor, "MuteMember", group, "friend"),
            "unmute" => await AskAsync(actor, "UnmuteMember", group, type == "strict_private" ? "silenced" : "friend"),
            "info" => await AskAsync(actor, "GroupInfo", group),
            _ => await AskAsync(actor, "DeleteGroup", group),
        };
    }

    /// <summary>Whether the user gets a message, told by a later one that they get for certain.</summary>
    private async Task<string> ReceivesAsync(string user, string group)
    {
        await DoAsync("owner", "CreateGroup", $"{group}-after", "public");
        await DoAsync(user, "JoinGroup", $"{group}-after");
        await DoAsync("friend", "Relay", group, $"in {group}");
        await Wait.UntilAsync(() => Received("friend").Contains($"in {group}"), "the sender has the message");
        await DoAsync("owner", "Relay", $"{group}-after", $"after {group}");
        await Wait.UntilAsync(() => Received(user).Contains($"after {group}"), "the later message is there");
        return Received(user).Count(message => message == $"in {group}") switch
        {
            0 => "no",
            1 => "yes",
            var count => $"{count} times",
        };
    }

    private async Task DoAsync(string user, string method, params object?[] arguments)
    {
        var answer = await AskAsync(user, method, arguments);
        Assert.False(answer.StartsWith("permission_denied", StringComparison.Ordinal), $"{method} of {user}: {answer}");
    }
}
