using GenApi.Gateway.Storage;

namespace GenApi.Gateway.RateLimits;

/// <summary>
/// The sliding window of <see cref="SlidingWindow"/> as scripts, by the clock of the Redis server. A counter is a string of fixed length: the
/// length of a sub-window in microseconds and the number of the newest one (8 bytes each), the total and the newest count
/// (4 each), then the 64 counts before it, newest first. An admission in the sub-window of the last one changes 8 bytes in place.
/// Redis drops a counter that counts nothing any more. Arguments of the first three scripts, for each key: max_requests, and the length of a sub-window.
/// </summary>
internal sealed class RateLimitScripts
{
    /// <summary>What a script answers when it has counted the call.</summary>
    private const string Admitted = "ADMITTED";

    private const string ServerClock = "local time = redis.call('TIME'); local now = time[1] * 1000000 + time[2]";

    private const string ArgumentClock = "local now = tonumber(ARGV[#ARGV])";

    /// <summary>
    /// Finds out what a counter says now: the number of the sub-window, the total, the newest count, the older counts where they are not
    /// those of the stored state, and that state. Where the limit's window has changed, or the server's clock was set back, each count
    /// moves to where the last of its admissions may have been, so that the limit holds all the same.
    /// </summary>
    private const string Load =
        """
        local function load(key, width)
          local at = math.floor(now / width)
          local state = redis.call('GET', key)
          if not state then
            return at, 0, 0, string.rep('\0', 256)
          end
          local w, index, total, newest = struct.unpack('<ddI4I4', state)
          if w == width and index == at then
            return at, total, newest, nil, state
          end
          local last = math.floor(now / w)
          if w == width and index < last then
            local steps = at - index
            if steps > 64 then
              return at, 0, 0, string.rep('\0', 256), state
            end
            local kept = 24 + 4 * (64 - steps)
            local byte = string.find(state, '[^%z]', kept + 1)
            while byte do
              local start = byte - (byte - 25) % 4
              total = total - struct.unpack('<I4', state, start)
              byte = string.find(state, '[^%z]', start + 4)
            end
            return at, total, 0, string.rep('\0', 4 * (steps - 1)) .. string.sub(state, 21, kept), state
          end
          index = math.min(index, last + 1)
          local counts = {}
          for age = 0, 64 do
            counts[age] = 0
          end
          total = 0
          for age = 0, 64 do
            local count = struct.unpack('<I4', state, 21 + 4 * age)
            local place = at - math.min(at, math.floor(((index - age + 1) * w - 1) / width))
            if count > 0 and place <= 64 then
              counts[place] = counts[place] + count
              total = total + count
            end
          end
          local older = {}
          for age = 1, 64 do
            older[age] = struct.pack('<I4', counts[age])
          end
          return at, total, counts[0], table.concat(older), state
        end
        local function wait(at, width, max, total, older)
          for age = 64, 1, -1 do
            total = total - struct.unpack('<I4', older, 4 * age - 3)
            if total < max then
              return (at + 65 - age) * width - now
            end
          end
          return (at + 65) * width - now
        end
        """;

    /// <summary>
    /// The common case first, since the work of Redis for a check is mostly its commands and their numbers: one key, whose newest sub-window is that
    /// of now, with room. Numbers that are always the same are strings, which spares Redis to print them.
    /// </summary>
    private const string TakeInPlace =
        """
        if not KEYS[2] then
          local width = ARGV[2] + 0
          local state = redis.call('GETRANGE', KEYS[1], '0', '23')
          if #state == 24 then
            local w, index, total, newest = struct.unpack('<ddI4I4', state)
            if w == width and index == (now - now % width) / width and total < ARGV[1] + 0 then
              redis.call('SETRANGE', KEYS[1], '16', struct.pack('<I4I4', total + 1, newest + 1))
              return ADMITTED
            end
          end
        end
        """;

    private const string TakeBody =
        """
        local loaded = {}
        local longest, denied = 0
        for i = 1, #KEYS do
          local max, width = ARGV[2 * i - 1] + 0, ARGV[2 * i] + 0
          local at, total, newest, older, state = load(KEYS[i], width)
          if total >= max then
            local retry = wait(at, width, max, total, older or string.sub(state, 25))
            if retry > longest then
              longest, denied = retry, '-' .. i .. ' ' .. total .. ' ' .. string.format('%.0f', retry)
            end
          end
          loaded[i] = {width, at, total, newest, older}
        end
        if denied then
          return denied
        end
        for i = 1, #KEYS do
          local width, at, total, newest, older = unpack(loaded[i], 1, 5)
          if older then
            redis.call('SET', KEYS[i], struct.pack('<ddI4I4', width, at, total + 1, newest + 1) .. older, 'PX', math.ceil(66 * width / 1000))
          else
            redis.call('SETRANGE', KEYS[i], '16', struct.pack('<I4I4', total + 1, newest + 1))
          end
        end
        return ADMITTED
        """;

    private const string GiveBackBody =
        """
        local taken = ARGV[2 * #KEYS + 1] + 0
        for i = 1, #KEYS do
          local width = ARGV[2 * i] + 0
          local at, total, newest, older, state = load(KEYS[i], width)
          local age = at - math.floor(taken / width)
          if state and age >= 0 and age <= 64 then
            local counts = struct.pack('<I4', newest) .. (older or string.sub(state, 25))
            local count = struct.unpack('<I4', counts, 4 * age + 1)
            if count > 0 then
              counts = string.sub(counts, 1, 4 * age) .. struct.pack('<I4', count - 1) .. string.sub(counts, 4 * age + 5)
              redis.call('SET', KEYS[i], struct.pack('<ddI4', width, at, total - 1) .. counts, 'PX', math.ceil(66 * width / 1000))
            end
          end
        end
        return 0
        """;

    private const string StatusBody =
        """
        local found = {}
        for i = 1, #KEYS do
          local max, width = ARGV[2 * i - 1] + 0, ARGV[2 * i] + 0
          local at, total, newest, older, state = load(KEYS[i], width)
          found[2 * i - 1] = total
          found[2 * i] = total < max and 0 or wait(at, width, max, total, older or string.sub(state, 25))
        end
        return found
        """;

    private RateLimitScripts(string clock)
    {
        var take = $"{clock}\n{TakeInPlace}\n{Load}\n{TakeBody}";
        Take = new(take.Replace(Admitted, "nil", StringComparison.Ordinal));
        TakeTimed = new(take.Replace(Admitted, "now", StringComparison.Ordinal));
        GiveBack = new($"{clock}\n{Load}\n{GiveBackBody}");
        Status = new($"{clock}\n{Load}\n{StatusBody}");
    }

    /// <summary>Counts one call under all of its keys or none: nothing, or "-I CURRENT RETRY_US" of the key with the longest wait.</summary>
    public RedisScript Take { get; }

    /// <summary>The same, and answers the time in microseconds when it has counted the call, for <see cref="GiveBack"/>.</summary>
    public RedisScript TakeTimed { get; }

    /// <summary>Takes one admission back out of each of its keys. One more argument: the time that <see cref="TakeTimed"/> answered.</summary>
    public RedisScript GiveBack { get; }

    /// <summary>The total of each key, and the microseconds until it has room.</summary>
    public RedisScript Status { get; }

    /// <summary>By the clock of the server, the one clock that all gateways share.</summary>
    public static RateLimitScripts ByServerTime() => new(ServerClock);

    /// <summary>By a time in microseconds that stands in one argument more, the last: for tests, which have clocks of their own.</summary>
    public static RateLimitScripts ByArgument() => new(ArgumentClock);
}
