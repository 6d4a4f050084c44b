using GenApi.Protocol.Calls;

namespace GenApi.Gateway.Calls.Modes;

/// <summary>Where answers go that come after the acknowledgement.</summary>
internal interface IAnswerSink
{
    /// <summary>Who may stop the streams that go there.</summary>
    string Owner { get; }

    /// <summary>Ends when answers cannot be delivered any more.</summary>
    CancellationToken Gone { get; }

    /// <summary>Delivers one answer; completes when the client can take the next.</summary>
    ValueTask DeliverAsync(CallResponse response);
}
