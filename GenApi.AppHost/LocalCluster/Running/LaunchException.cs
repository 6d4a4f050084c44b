namespace GenApi.AppHost.LocalCluster;

/// <summary>The cluster cannot be started as asked. The message is for the user: what is wrong, and what to do.</summary>
internal sealed class LaunchException(string message) : Exception(message);
