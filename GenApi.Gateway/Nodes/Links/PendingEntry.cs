namespace GenApi.Gateway.Nodes.Links;

/// <summary>Something that waits for frames of one call.</summary>
internal abstract class PendingEntry
{
    /// <summary>The call's id on its link.</summary>
    public ulong Id { get; set; }

    /// <summary>How many frames had come over the link when the call was sent.</summary>
    public long FramesBefore { get; set; }

    /// <summary>Is told of the call's frames; null: nobody is.</summary>
    public IFrameObserver? Observer { get; set; }

    /// <summary>When the call is given up, as a timestamp.</summary>
    public long Deadline { get; set; }

    /// <summary>The call has ended. Called once, by whoever took the entry out of <see cref="PendingCalls"/>.</summary>
    public abstract void Complete(in LinkReply reply);
}
