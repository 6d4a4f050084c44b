using System.Text.RegularExpressions;
using GenApi.Cli.Tests.Running;

namespace GenApi.Cli.Tests;

/// <summary>Tables on terminals that are narrower than they are.</summary>
public sealed partial class NarrowTerminalTests : IDisposable
{
    private const string Cluster =
        """
        {"self":"gateway-70e07cf4a0ea","gateways":[{"id":"gateway-70e07cf4a0ea","self":true,"figures":{"status":"ok","uptime_ms":3600000,"memory_bytes":140378112,"calls":123456,"failures":789,"calls_per_second":12,"in_flight":3,"connections":4,"nodes":2,"reachable_nodes":1}}],
         "nodes":[{"state":{"address":"http://node-with-a-long-name.internal:8710","reachable":true,"breaker":"closed","in_flight":2},"leases":[{"service":"sample","config_version":"1707270aac09af2f","functions":15},{"service":"orders","config_version":"99aa","functions":2}]},
          {"state":{"address":"http://localhost:8711","reachable":false,"breaker":"open","in_flight":0,"last_failure":"Unable to connect to the remote server (Connection refused (localhost:8711))"},"leases":[]}]}
        """;

    private const string Pushed =
        """[{"service":"sample","config_version":"1707270aac09af2f","stored_at_ms":1718000000000,"functions":15,"nodes":["http://localhost:8710","http://localhost:8711"]}]""";

    private const string Flows =
        """[{"service":"sample","request_type":"generate_report","version":"1.0.0","response_type":"async","permission":"authenticated","nodes":["a","b"],"reachable_nodes":["a"],"calls":{"calls":5,"failures":1,"mean_us":70100}}]""";

    private readonly CliRunner _cli = new() { OnTerminal = true };

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    public async Task Nothing_that_one_might_copy_is_broken_and_no_line_is_too_long(int width)
    {
        foreach (var (command, path, answer, whole) in new (string, string, string, string[])[]
        {
            ("cluster", "cluster", Cluster, ["gateway-70e07cf4a0ea", "http://node-with-a-long-name.internal:8710", "http://localhost:8711", "1707270aac09af2f", "123456", "(localhost:8711))"]),
            ("pushed", "pushed-services", Pushed, ["sample", "1707270aac09af2f", "http://localhost:8710,", "http://localhost:8711"]),
            ("flows", "flows", Flows, ["generate_report", "authenticated", "enabled"]),
        })
        {
            var lines = await LinesAsync(width, command, path, answer);

            Assert.All(lines, line => Assert.True(line.Length <= width, $"{command} at {width} columns: '{line}'"));
            Assert.All(whole, word => Assert.Contains(lines, line => line.Split(' ').Contains(word)));
        }
    }

    [Fact]
    public async Task With_room_there_are_lines_around_the_table() => Assert.StartsWith("╭", (await LinesAsync(120, "flows", "flows", Flows))[0], StringComparison.Ordinal);

    [Fact]
    public async Task Without_room_the_last_columns_stand_below_with_their_names()
    {
        Assert.Equal(
            [
                "Service  Function         Version  Answers  Permission     Nodes   State",
                "sample   generate_report  1.0.0    async    authenticated  1 of 2  enabled",
                "    Calls 5  Failed 1  Mean 70.1 ms",
            ],
            await LinesAsync(80, "flows", "flows", Flows));
        Assert.Equal(
            [
                "Service  Function         Version  Answers  Permission",
                "sample   generate_report  1.0.0    async    authenticated",
                "    Nodes 1 of 2  State enabled  Calls 5  Failed 1",
                "    Mean 70.1 ms",
            ],
            await LinesAsync(60, "flows", "flows", Flows));
    }

    [Fact]
    public async Task A_row_that_goes_on_with_the_one_above_is_not_empty()
    {
        var lines = await LinesAsync(60, "cluster", "cluster", Cluster);

        var first = Assert.Single(lines, line => line.StartsWith("http://node-with-a-long-name.internal:8710", StringComparison.Ordinal));
        var below = lines[(Array.IndexOf(lines, first) + 1)..];
        Assert.Contains("Services sample", below[0], StringComparison.Ordinal);
        Assert.Contains(below, line => line.Contains("Services orders", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_word_longer_than_the_terminal_is_left_whole()
    {
        var address = $"http://{new string('n', 70)}:5090";

        var lines = await LinesAsync(60, "pushed", "pushed-services", $$"""[{"service":"sample","config_version":"1","nodes":["{{address}}"]}]""");

        Assert.Contains(lines, line => line.Trim() == $"Nodes {address}");
    }

    [Fact]
    public async Task In_a_pipe_there_is_one_line_for_each_row()
    {
        _cli.OnTerminal = false;

        var lines = await LinesAsync(60, "flows", "flows", Flows);

        Assert.Equal(2, lines.Length);
        Assert.Matches("^sample +generate_report +1.0.0 +async +authenticated +1 of 2 +enabled +5 +1 +70.1 ms", lines[1]);
    }

    private async Task<string[]> LinesAsync(int width, string command, string path, string answer)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.On($"GET /admin/{path}", 200, answer);
        _cli.Use(gateway);
        _cli.Width = width;

        var outcome = await _cli.RunAsync(command);

        Assert.Equal(ExitCode.Done, outcome.ExitCode);
        return [.. TerminalCodes().Replace(outcome.Output, "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd())];
    }

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]")]
    private static partial Regex TerminalCodes();
}
