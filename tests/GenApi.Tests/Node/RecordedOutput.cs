using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GenApi.Node.Calls;
using GenApi.Protocol.Calls;

namespace GenApi.Tests.Node;

/// <summary>Writes down what a function answers.</summary>
internal sealed class RecordedOutput : ICallOutput
{
    public List<string> Answers { get; } = [];

    public ValueTask ResultAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        Record($"result {JsonSerializer.Serialize(value, type)}");

    public ValueTask ItemAsync<T>(T item, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        Record($"item {JsonSerializer.Serialize(item, type)}");

    public ValueTask LastItemAsync<T>(T item, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        Record($"last {JsonSerializer.Serialize(item, type)}");

    public ValueTask EndAsync(CancellationToken cancellationToken) => Record("end");

    public ValueTask ErrorAsync(CallError error, CancellationToken cancellationToken) => Record($"error {error.Code.Name}: {error.Message}");

    private ValueTask Record(string answer)
    {
        Answers.Add(answer);
        return ValueTask.CompletedTask;
    }
}
