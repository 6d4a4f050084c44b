namespace GenApi.Gateway.Storage;

/// <summary>What gateways share cannot be reached now. Trying again later helps.</summary>
internal sealed class StorageUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
