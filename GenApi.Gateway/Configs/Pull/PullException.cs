namespace GenApi.Gateway.Configs.Pull;

/// <summary>A node could not be pulled. The message is a sentence without its full stop, which names the node.</summary>
internal sealed class PullException(string message) : Exception(message);
