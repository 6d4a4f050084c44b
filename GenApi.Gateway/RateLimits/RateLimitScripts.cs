using GenApi.Gateway.Storage;

namespace GenApi.Gateway.RateLimits;

/// <summary>
/// The sliding window of <see cref="SlidingWindow"/> as scripts, in milliseconds by the clock of the Redis server. A counter is two keys. One, whose name
/// ends in <c>:WINDOW/MAX</c>, is the number of admissions that the newest sub-window has left; it expires a fixed time after the end of that
/// sub-window, so that how long it has to live tells whether the sub-window lasts still. An admission in it is then two small commands and no
/// arithmetic, which is nearly all that a check costs Redis. The other, of the same name without the end, is a string that says what the sub-windows before hold: the length of a
/// sub-window and the number of the newest (8 bytes each), what the newest began with and what those before it hold together (4 each), their 100 counts,
/// newest first, and the end of the first key's name. It changes with each sub-window. Redis drops both when they count nothing any more.
/// Argument for each key: the milliseconds that it has to live when its sub-window ends.
/// </summary>
internal sealed class RateLimitScripts
{
    /// <summary>What a script answers when it has counted the call.</summary>
    private const string Admitted = "ADMITTED";

    private const string TakeInOpenSubWindow =
        """
        if not KEYS[2] then
          if lifetime(KEYS[1]) > ARGV[1] + 0 and redis.call('DECR', KEYS[1]) >= 0 then
            return ADMITTED
          end
        else
          local open = true
          for i = 1, #KEYS do
            open = open and lifetime(KEYS[i]) > ARGV[i] + 0
          end
          if open then
            local last = 0
            local room = true
            while room and last < #KEYS do
              last = last + 1
              room = redis.call('DECR', KEYS[last]) >= 0
            end
            if room then
              return ADMITTED
            end
            for i = 1, last do
              redis.call('INCR', KEYS[i])
            end
          end
        end
        """;

    /// <summary>
    /// Finds out what a counter says now. Where the limit's window has changed, or the server's clock was set back, each count moves to
    /// where the last of its admissions may have been, so that the limit holds all the same.
    /// </summary>
    private const string Load =
        """
        local function load(key)
          local name, window, max = string.match(key, '^(.*):(%d+)/(%d+)$')
          local width = math.ceil(window / 100)
          local count = math.ceil(window / width)
          local at = math.floor(now / width)
          local used, past, older, owner, back = 0, 0, nil, nil, false
          local state = redis.call('GET', name)
          if state then
            local w, index, began, before = struct.unpack('<ddI4I4', state)
            owner = string.sub(state, 425)
            local left = redis.call('GET', name .. ':' .. owner)
            local newest = left and began - math.max(left + 0, 0) or 0
            local steps = at - index
            if w == width and steps >= 0 then
              if steps == 0 then
                used, past, older = newest, before, string.sub(state, 25, 424)
              elseif steps <= count then
                local kept = 24 + 4 * (count - steps)
                local byte = string.find(state, '[^%z]', kept + 1)
                while byte and byte <= 424 do
                  local start = byte - (byte - 25) % 4
                  before = before - struct.unpack('<I4', state, start)
                  byte = string.find(state, '[^%z]', start + 4)
                end
                past = before + newest
                older = string.rep('\0', 4 * (steps - 1)) .. struct.pack('<I4', newest) .. string.sub(state, 25, kept) .. string.rep('\0', 400 - 4 * count)
              end
            else
              back = index > math.floor(now / w)
              if back then
                index = math.floor(now / w) + 1
              end
              local counts = {}
              for age = 0, 100 do
                counts[age] = 0
              end
              for age = 0, 100 do
                local admitted = age == 0 and newest or struct.unpack('<I4', state, 21 + 4 * age)
                local place = at - math.min(at, math.floor(((index - age + 1) * w - 1) / width))
                if place <= count then
                  counts[place] = counts[place] + admitted
                  past = past + admitted
                end
              end
              used = counts[0]
              past = past - used
              for age = 1, 100 do
                counts[age] = struct.pack('<I4', counts[age])
              end
              older = table.concat(counts, '', 1, 100)
            end
          end
          return {
            name = name, max = max + 0, ending = window .. '/' .. max, width = width, count = count, at = at, life = (at + 1) * width + window + 2 * width - now,
            used = used, past = past, older = older or string.rep('\0', 400), owner = owner, back = back,
          }
        end
        local function wait(c)
          local total = c.past + c.used
          for age = c.count, 1, -1 do
            total = total - struct.unpack('<I4', c.older, 4 * age - 3)
            if total < c.max then
              return (c.at + c.count + 1 - age) * c.width - now
            end
          end
          return (c.at + c.count + 1) * c.width - now
        end
        """;

    private const string TakeInNewSubWindow =
        """
        local function store(key, c, taken)
          if c.owner and c.owner ~= c.ending then
            redis.call('DEL', c.name .. ':' .. c.owner)
          end
          local began = math.max(c.max - c.past, c.used)
          put(c.name, struct.pack('<ddI4I4', c.width, c.at, began, c.past) .. c.older .. c.ending, 'PX', c.life)
          put(key, began - c.used - taken, 'PX', c.life)
        end
        local counters = {}
        local longest, denied = 0
        for i = 1, #KEYS do
          local c = load(KEYS[i])
          if c.past + c.used >= c.max then
            local retry = wait(c)
            if retry > longest then
              longest, denied = retry, '-' .. i .. ' ' .. (c.past + c.used) .. ' ' .. string.format('%.0f', retry)
            end
          end
          counters[i] = c
        end
        for i = 1, #KEYS do
          if not denied then
            store(KEYS[i], counters[i], 1)
          elseif counters[i].back then
            store(KEYS[i], counters[i], 0)
          end
        end
        return denied or ADMITTED
        """;

    private const string GiveBackBody =
        """
        local function give(key)
          local left = redis.call('GET', key)
          if left then
            redis.call('INCRBY', key, 1 - math.min(left + 0, 0))
          end
        end
        local taken = ARGV[#KEYS + 1] + 0
        for i = 1, #KEYS do
          local name, window = string.match(KEYS[i], '^(.*):(%d+)/%d+$')
          local state = redis.call('GET', name)
          if state and name .. ':' .. string.sub(state, 425) == KEYS[i] then
            local width, index, began, past = struct.unpack('<ddI4I4', state)
            local age = index - math.floor(taken / width)
            if age == 0 then
              give(KEYS[i])
            elseif age > 0 and age <= 100 then
              local count = struct.unpack('<I4', state, 21 + 4 * age)
              if count > 0 then
                redis.call('SETRANGE', name, 16, struct.pack('<I4I4', began + 1, past - 1))
                redis.call('SETRANGE', name, 20 + 4 * age, struct.pack('<I4', count - 1))
                give(KEYS[i])
              end
            end
          end
        end
        return 0
        """;

    private const string StatusBody =
        """
        local found = {}
        for i = 1, #KEYS do
          local c = load(KEYS[i])
          found[2 * i - 1] = c.past + c.used
          found[2 * i] = c.past + c.used < c.max and 0 or wait(c)
        end
        return found
        """;

    private const string ResetBody =
        """
        for i = 1, #KEYS do
          local name = string.match(KEYS[i], '^(.*):%d+/%d+$')
          local state = redis.call('GET', name)
          if state then
            redis.call('DEL', name .. ':' .. string.sub(state, 425))
          end
          redis.call('DEL', name, KEYS[i])
        end
        return 0
        """;

    /// <summary>The two keys of a counter go in one step, whichever of them is named: neither alone tells what was counted.</summary>
    private const string ResetEitherBody =
        """
        local value = redis.call('GET', KEYS[1])
        if value and #value > 424 then
          redis.call('DEL', KEYS[1], KEYS[1] .. ':' .. string.sub(value, 425))
          return 1
        end
        local name = string.match(KEYS[1], '^(.*):%d+/%d+$')
        local state = name and redis.call('GET', name)
        if state and name .. ':' .. string.sub(state, 425) == KEYS[1] then
          redis.call('DEL', name, KEYS[1])
          return 1
        end
        redis.call('DEL', KEYS[1])
        return 0
        """;

    private RateLimitScripts(Clock clock)
    {
        // What an open sub-window admits needs no clock but that by which its key expires.
        Take = Make(clock.IsNeededForLife ? $"{clock.Now}\n{TakeInOpenSubWindow}" : $"{TakeInOpenSubWindow}\n{clock.Now}", $"{Load}\n{TakeInNewSubWindow}", "nil");
        TakeTimed = Make(clock.Now, $"{TakeInOpenSubWindow}\n{Load}\n{TakeInNewSubWindow}", "now");
        GiveBack = Make(clock.Now, GiveBackBody);
        Status = Make(clock.Now, $"{Load}\n{StatusBody}");
        Reset = new(ResetBody);
        ResetEither = new(ResetEitherBody);

        RedisScript Make(string head, string body, string admitted = "") => new(
            clock.Apply($"{head}\n{body}").Replace(Admitted, admitted, StringComparison.Ordinal));
    }

    /// <summary>Counts one call under all of its keys or none: nothing, or "-I CURRENT RETRY_MS" of the key with the longest wait.</summary>
    public RedisScript Take { get; }

    /// <summary>The same, and answers the time in milliseconds when it has counted the call, for <see cref="GiveBack"/>.</summary>
    public RedisScript TakeTimed { get; }

    /// <summary>Takes one admission back out of each of its keys. One more argument: the time that <see cref="TakeTimed"/> answered.</summary>
    public RedisScript GiveBack { get; }

    /// <summary>The total of each key, and the milliseconds until it has room.</summary>
    public RedisScript Status { get; }

    /// <summary>Forgets its keys.</summary>
    public RedisScript Reset { get; }

    /// <summary>Forgets the counter that has this key as either of its two, and answers how many that were: 1, or 0 where there is none any more.</summary>
    public RedisScript ResetEither { get; }

    /// <summary>By the clock of the server, the one clock that all gateways share.</summary>
    public static RateLimitScripts ByServerTime() => new(new ServerClock());

    /// <summary>
    /// By a time in milliseconds that stands in one argument more, the last: for tests, which have clocks of their own. Nothing expires; beside each key
    /// stands when it would.
    /// </summary>
    public static RateLimitScripts ByArgument() => new(new ArgumentClock());

    /// <summary>Where a script has the time from, and the lives of keys with it.</summary>
    private abstract class Clock
    {
        public abstract string Now { get; }

        public abstract bool IsNeededForLife { get; }

        /// <summary>Puts in what <c>lifetime(KEY)</c> and <c>put(KEY, VALUE, 'PX', LIFE)</c> stand for.</summary>
        public abstract string Apply(string script);
    }

    private sealed class ServerClock : Clock
    {
        public override string Now => "local time = redis.call('TIME'); local now = time[1] * 1000 + math.floor(time[2] / 1000)";

        public override bool IsNeededForLife => false;

        public override string Apply(string script) => script
            .Replace("lifetime(", "redis.call('PTTL', ", StringComparison.Ordinal)
            .Replace("put(", "redis.call('SET', ", StringComparison.Ordinal);
    }

    private sealed class ArgumentClock : Clock
    {
        public override string Now =>
            """
            local now = tonumber(ARGV[#ARGV])
            local function lifetime(key)
              return (redis.call('GET', key .. ':expires') or now) - now
            end
            local function put(key, value, _, life)
              redis.call('SET', key, value)
              redis.call('SET', key .. ':expires', string.format('%.0f', now + life))
            end
            """;

        public override bool IsNeededForLife => true;

        public override string Apply(string script) => script;
    }
}
