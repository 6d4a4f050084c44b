using System.Globalization;

namespace GenApi.Bench.Load;

/// <summary>How much is asked at once.</summary>
/// <param name="Connections">Connections open for the whole run.</param>
/// <param name="InFlight">Calls each connection keeps unanswered; a new call goes out when an answer comes in.</param>
/// <param name="Batched">
/// Whether calls that can go out together go out in one write. That costs the generator and the server's transport far less, so that
/// what is left of the difference is the work on each call. Otherwise each call is a write of its own, as callers that do not know of
/// each other make them.
/// </param>
internal sealed record LoadShape(int Connections, int InFlight, bool Batched = false)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Connections} x {InFlight}{(Batched ? " batched" : "")}");
}
