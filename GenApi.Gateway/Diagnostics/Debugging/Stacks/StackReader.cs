using Microsoft.Diagnostics.Tracing.Etlx;
using Microsoft.Diagnostics.Tracing.EventPipe;

namespace GenApi.Gateway.Diagnostics.Debugging.Stacks;

/// <summary>Reads the stacks out of what the runtime's sampling profiler wrote.</summary>
internal static class StackReader
{
    private const int MaxThreads = 4096;

    /// <summary>The runtime itself takes the innermost hundred.</summary>
    private const int MaxFrames = 64;

    private const int MaxFrameChars = 300;
    private const int MaxNamedThreads = 20;

    /// <summary>All texts together; a stack that finds no room is left out.</summary>
    private const int MaxChars = 512 * 1024;

    /// <summary>The last stack of each thread, but for those that look themselves.</summary>
    public static StackSample Read(string file, int limit)
    {
        using var log = new TraceLog(TraceLog.CreateFromEventPipeDataFile(file, $"{file}.etlx", new TraceLogOptions { ContinueOnError = true }));
        var last = new Dictionary<int, (ClrThreadSampleType Type, CallStackIndex Stack)>();
        foreach (var sample in log.Events.ByEventType<ClrThreadSampleTraceData>())
        {
            if (sample.CallStackIndex() is not CallStackIndex.Invalid and var stack && (last.Count < MaxThreads || last.ContainsKey(sample.ThreadID)))
            {
                last[sample.ThreadID] = (sample.Type, stack);
            }
        }

        var threads = last.Select(thread => Sampled.Of(thread.Key, thread.Value.Type, log.CallStacks[thread.Value.Stack])).Where(thread => !thread.LooksItself).ToList();
        return new StackSample(threads.Count, Merge(threads, limit), null);
    }

    /// <summary>Threads at the same place are one entry.</summary>
    private static List<ManagedThreads> Merge(List<Sampled> threads, int limit)
    {
        var left = MaxChars;
        return
        [
            .. threads
                .GroupBy(thread => thread.Place)
                .OrderByDescending(place => place.Count())
                .ThenByDescending(place => place.First().State, StringComparer.Ordinal)
                .ThenBy(place => place.Key, StringComparer.Ordinal)
                .Take(limit)
                .TakeWhile(place => (left -= place.Key.Length) >= 0)
                .Select(place =>
                {
                    var (_, state, frames, more, _) = place.First();
                    return new ManagedThreads(place.Count(), [.. place.Select(thread => thread.Id).Order().Take(MaxNamedThreads)], state, frames, more);
                }),
        ];
    }

    /// <summary>One thread.</summary>
    private sealed record Sampled(int Id, string State, IReadOnlyList<string> Frames, bool MoreFrames, bool LooksItself)
    {
        /// <summary>The same for threads at the same place.</summary>
        public string Place { get; } = string.Join('\n', Frames.Prepend(State));

        public static Sampled Of(int id, ClrThreadSampleType type, TraceCallStack stack)
        {
            var frames = new List<string>();
            var (more, looksItself) = (false, false);
            for (var frame = stack; frame is not null; frame = frame.Caller)
            {
                var name = NameOf(frame.CodeAddress);
                looksItself |= name.Contains(nameof(StackSampler), StringComparison.Ordinal);
                if (frames.Count < MaxFrames)
                {
                    frames.Add(name);
                }
                else
                {
                    more = true;
                }
            }

            return new(id, type == ClrThreadSampleType.Managed ? "managed" : "external", frames, more, looksItself);
        }

        /// <summary>The method as the runtime writes it, without the words that say what each type is.</summary>
        private static string NameOf(TraceCodeAddress address)
        {
            var name = address.FullMethodName is { Length: > 0 } method
                ? method.Replace("value class ", "", StringComparison.Ordinal).Replace("class ", "", StringComparison.Ordinal)
                : address.ModuleName is { Length: > 0 } module ? $"{module}!?" : "(native code)";
            return name.Length <= MaxFrameChars ? name : $"{name[..MaxFrameChars]}…";
        }
    }
}
