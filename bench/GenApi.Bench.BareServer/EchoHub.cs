using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;

namespace GenApi.Bench.BareServer;

/// <summary>The least a hub can do with the gateway's request and response.</summary>
[SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "SignalR finds instance methods only.")]
internal sealed class EchoHub : Hub
{
    /// <summary>Answers the message of a request in the gateway's response shape.</summary>
    public EchoResponse Call(EchoRequest request) => EchoResponse.Of(request.RequestId, request.Args.Message);

    /// <summary>Answers with numbered chunks, each in the gateway's response shape.</summary>
    public async IAsyncEnumerable<TickResponse> Stream(TickRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        var padding = new string('x', request.Args.Size);
        for (var n = 1; n <= request.Args.Count; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return TickResponse.Of(request.RequestId, n, padding);
        }
    }

    /// <summary>Answers a plain string: what the request and response shapes themselves cost is the difference to <see cref="Call"/>.</summary>
    public string Echo(string message) => message;
}
