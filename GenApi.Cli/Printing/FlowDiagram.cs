using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace GenApi.Cli.Printing;

/// <summary>Draws the way of a call: its stations one under the other, the nodes where it runs, and how each station would go.</summary>
internal static class FlowDiagram
{
    private const string NodesPhase = "execution";

    private static readonly Style Grey = new(Color.Grey);

    public static Tree Of(JsonElement flow)
    {
        var root = new Tree(new Text("client", Grey));
        var number = 0;
        foreach (var step in flow.At("steps").Items())
        {
            var station = root.AddNode(Station(++number, step));
            if (step.Show("error") is { Length: > 0 } error)
            {
                station.AddNode(new Text(PlainText.OneLine($"{step.Show("code")}: {error}"), new Style(Color.Red)));
            }

            foreach (var detail in step.At("details").Items())
            {
                station.AddNode(new Text(PlainText.OneLine($"{detail.Show("argument")} {detail.Show("reason")}"), new Style(Color.Red)));
            }

            if (step.Show("note") is { Length: > 0 } note)
            {
                station.AddNode(new Text(PlainText.OneLine(note), Grey));
            }

            if (step.Show("phase") == NodesPhase)
            {
                foreach (var node in flow.At("node_states").Items())
                {
                    station.AddNode(Node(node));
                }
            }
        }

        return root;
    }

    private static Paragraph Station(int number, JsonElement step)
    {
        var line = new Paragraph().Append(string.Create(CultureInfo.InvariantCulture, $"{number,2} "), Grey);
        var (mark, colour) = step.Show("outcome") switch
        {
            "pass" => ("✓ ", Color.Green),
            "fail" => ("✗ ", Color.Red),
            "unknown" => ("? ", Color.Yellow),
            _ => ("", Color.Default),
        };
        return line
            .Append(mark, new Style(colour))
            .Append(PlainText.OneLine(step.Show("phase")), new Style(Color.Blue))
            .Append(PlainText.OneLine($"  {step.Show("desc")}"));
    }

    private static Paragraph Node(JsonElement node)
    {
        var reachable = node.Is("reachable");
        return new Paragraph()
            .Append(PlainText.OneLine($"{node.Show("address")}  "))
            .Append(reachable ? "reachable" : "unreachable", new Style(reachable ? Color.Green : Color.Red))
            .Append(PlainText.OneLine($", breaker {node.Show("breaker")}, {node.Show("in_flight")} under way{(node.Show("last_failure") is { Length: > 0 } why ? $": {why}" : "")}"));
    }
}
