using GenApi.Gateway.Storage;

namespace GenApi.Gateway.Relay;

/// <summary>
/// The changes of a group in Redis, one step each. A group is one hash, and so all of a script is in one slot:
/// <list type="bullet">
/// <item><c>type</c>, <c>id</c> (the incarnation), <c>version</c>, <c>creator</c>, <c>created</c>;</item>
/// <item><c>members</c> and <c>receivers</c>: how many members there are, and how many of them get messages;</item>
/// <item><c>gateways</c>: how many members are at which gateway, as <c>,ID=COUNT,…,</c>;</item>
/// <item><c>u:USER</c>: a member, as role (<c>a</c>dmin, <c>m</c>ember), state (<c>A</c>ctive, <c>P</c>ending, <c>M</c>uted), the time of
/// joining, the version from which on they receive, and the gateways they are at: <c>mA1767225600000:7,ID,ID,</c>.</item>
/// </list>
/// Each script tells the gateways with members what has happened, by their channels, so that all hear it in the same order.
/// </summary>
internal static class GroupScripts
{
    private const string Common = """
        local key, name = KEYS[1], ARGV[1]
        local head = redis.call('HMGET', key, 'type', 'id', 'version', 'gateways')
        local kind, id, version, gateways = head[1], head[2], tonumber(head[3]), head[4] or ','

        -- The gateways that had members before this script changed anything.
        local audience = gateways

        local function read(user)
          local raw = redis.call('HGET', key, 'u:' .. user)
          if not raw then return nil end
          local role, state, since, from, at = string.match(raw, '^(%a)(%a)(%d+):(%d+)(,.*)$')
          return { user = user, role = role, state = state, since = since, from = from, at = at }
        end

        local function write(member)
          redis.call('HSET', key, 'u:' .. member.user, member.role .. member.state .. member.since .. ':' .. member.from .. member.at)
        end

        local function count(gateway, by)
          local rest, found = ',', false
          for other, n in string.gmatch(gateways, '([^=,]+)=(%d+)') do
            n = tonumber(n)
            if other == gateway then
              n = n + by
              found = true
            end
            if n > 0 then rest = rest .. other .. '=' .. n .. ',' end
          end
          if not found and by > 0 then rest = rest .. gateway .. '=' .. by .. ',' end
          gateways = rest
          redis.call('HSET', key, 'gateways', gateways)
        end

        local function tell(what, message_id, message)
          local text = string.format('%s %s %d %d %d ', what, id, version, #name, #message_id) .. name .. message_id .. message
          for gateway in string.gmatch(audience, '([^=,]+)=%d+') do
            redis.call('PUBLISH', 'genapi:relay:' .. gateway, text)
          end
        end

        local function changed()
          version = redis.call('HINCRBY', key, 'version', 1)
          tell('c', '', '')
        end

        local function is_at(member, gateway)
          return string.find(member.at, ',' .. gateway .. ',', 1, true) ~= nil
        end

        local function arrive(member, gateway)
          if not is_at(member, gateway) then
            member.at = member.at .. gateway .. ','
            write(member)
            count(gateway, 1)
          end
        end

        local function add(member)
          redis.call('HINCRBY', key, 'members', 1)
          if member.state ~= 'P' then redis.call('HINCRBY', key, 'receivers', 1) end
          write(member)
          for gateway in string.gmatch(member.at, '[^,]+') do count(gateway, 1) end
        end

        local function remove(member)
          redis.call('HDEL', key, 'u:' .. member.user)
          redis.call('HINCRBY', key, 'members', -1)
          if member.state ~= 'P' then redis.call('HINCRBY', key, 'receivers', -1) end
          for gateway in string.gmatch(member.at, '[^,]+') do count(gateway, -1) end
        end

        -- Without members a group has ended.
        local function ended()
          if tonumber(redis.call('HGET', key, 'members')) > 0 then return 0 end
          tell('d', '', '')
          redis.call('DEL', key)
          return 1
        end

        -- A member is no longer at a gateway, and without any they are no member any more.
        local function depart(member, gateway)
          if not is_at(member, gateway) then return false end
          if member.at == ',' .. gateway .. ',' then
            remove(member)
            return true
          end
          local start, stop = string.find(member.at, ',' .. gateway .. ',', 1, true)
          member.at = string.sub(member.at, 1, start) .. string.sub(member.at, stop + 1)
          write(member)
          count(gateway, -1)
          return false
        end

        """;

    /// <summary>group, type, user, gateway, now, incarnation → verdict, state.</summary>
    public static RedisScript Create { get; } = new(Common + """
        if kind then return { 'Exists', '' } end
        redis.call('HMSET', key, 'type', ARGV[2], 'id', ARGV[6], 'version', 1, 'creator', ARGV[3], 'created', ARGV[5], 'members', 0, 'receivers', 0)
        add({ user = ARGV[3], role = 'a', state = 'A', since = ARGV[5], from = 1, at = ',' .. ARGV[4] .. ',' })
        return { 'Done', 'A' }
        """);

    /// <summary>group, user, gateway, now, most members → verdict, state.</summary>
    public static RedisScript Join { get; } = new(Common + """
        if not kind then return { 'NotFound', '' } end
        local member = read(ARGV[2])
        if member then
          arrive(member, ARGV[3])
          return { 'Done', member.state }
        end
        if tonumber(redis.call('HGET', key, 'members')) >= tonumber(ARGV[5]) then return { 'GroupFull', '' } end
        member = { user = ARGV[2], role = 'm', state = 'P', since = ARGV[4], from = string.format('%d', version + 1), at = ',' .. ARGV[3] .. ',' }
        if redis.call('HGET', key, 'creator') == member.user then
          member.role = 'a'
          member.state = 'A'
        elseif kind == 'public' then
          member.state = 'A'
        end
        add(member)
        changed()
        return { 'Done', member.state }
        """);

    /// <summary>group, user → verdict, empty, whether the group has ended.</summary>
    public static RedisScript Leave { get; } = new(Common + """
        if not kind then return { 'NotFound', '', 0 } end
        local member = read(ARGV[2])
        if not member then return { 'NotMember', '', 0 } end
        remove(member)
        changed()
        return { 'Done', '', ended() }
        """);

    /// <summary>group, accept | mute | unmute, user, member → verdict, state.</summary>
    public static RedisScript Change { get; } = new(Common + """
        if not kind then return { 'NotFound', '' } end
        local what = ARGV[2]
        local actor = read(ARGV[3])
        if what == 'accept' and kind == 'public' then return { 'NobodyPending', '' } end
        if what == 'accept' and kind == 'private' then
          if not actor then return { 'NotMember', '' } end
          if actor.state == 'P' then return { 'Pending', '' } end
        elseif kind ~= 'strict_private' then
          return { 'NotStrictPrivate', '' }
        elseif not actor or actor.role ~= 'a' then
          return { 'NotAdmin', '' }
        end
        local member = read(ARGV[4])
        if not member then return { 'TargetNotMember', '' } end
        local state = 'A'
        if what == 'accept' then
          if member.state == 'P' then
            redis.call('HINCRBY', key, 'receivers', 1)
            member.from = string.format('%d', version + 1)
          else
            state = member.state
          end
        elseif member.state == 'P' then
          return { 'TargetPending', '' }
        elseif what == 'mute' then
          if member.role == 'a' then return { 'TargetAdmin', '' } end
          state = 'M'
        end
        if state ~= member.state then
          member.state = state
          write(member)
          changed()
        end
        return { 'Done', state }
        """);

    /// <summary>group, user → verdict, empty, then the members that were.</summary>
    public static RedisScript Delete { get; } = new(Common + """
        if not kind then return { 'NotFound', '' } end
        local actor = read(ARGV[2])
        if not actor or actor.role ~= 'a' then return { 'NotAdmin', '' } end
        local answer = { 'Done', '' }
        for _, field in ipairs(redis.call('HKEYS', key)) do
          if string.sub(field, 1, 2) == 'u:' then answer[#answer + 1] = string.sub(field, 3) end
        end
        tell('d', '', '')
        redis.call('DEL', key)
        return answer
        """);

    /// <summary>group, user, message id, message → verdict, state, receivers.</summary>
    public static RedisScript Send { get; } = new(Common + """
        if not kind then return { 'NotFound', '', 0 } end
        local member = read(ARGV[2])
        if not member then return { 'NotMember', '', 0 } end
        if member.state == 'P' then return { 'Pending', '', 0 } end
        if member.state == 'M' then return { 'Muted', '', 0 } end
        tell('m', ARGV[3], ARGV[4])
        return { 'Done', 'A', tonumber(redis.call('HGET', key, 'receivers')) }
        """);

    /// <summary>group, user, gateway → whether the user is a member.</summary>
    public static RedisScript Attach { get; } = new(Common + """
        local member = kind and read(ARGV[2])
        if not member then return 0 end
        arrive(member, ARGV[3])
        return 1
        """);

    /// <summary>group, user, gateway → whether the user is no member, whether there is no group.</summary>
    public static RedisScript Detach { get; } = new(Common + """
        if not kind then return { 1, 1 } end
        local member = read(ARGV[2])
        if not member then return { 1, 0 } end
        if not depart(member, ARGV[3]) then return { 0, 0 } end
        changed()
        return { 1, ended() }
        """);

    /// <summary>group, gateway that is gone → whether there is no group, then the users who are no members any more.</summary>
    public static RedisScript Forget { get; } = new(Common + """
        if not kind then return { '1' } end
        if not string.find(gateways, ',' .. ARGV[2] .. '=', 1, true) then return { '0' } end
        local answer = { '0' }
        for _, field in ipairs(redis.call('HKEYS', key)) do
          if string.sub(field, 1, 2) == 'u:' then
            local member = read(string.sub(field, 3))
            if depart(member, ARGV[2]) then answer[#answer + 1] = member.user end
          end
        end
        changed()
        answer[1] = tostring(ended())
        return answer
        """);

    /// <summary>group, gateway, type, incarnation, version, creator, created, then user, role, state and time of each member → whether it was put back.</summary>
    public static RedisScript PutBack { get; } = new(Common + """
        if kind and id ~= ARGV[4] then return 0 end
        if not kind then
          redis.call('HMSET', key, 'type', ARGV[3], 'id', ARGV[4], 'version', ARGV[5], 'creator', ARGV[6], 'created', ARGV[7], 'members', 0, 'receivers', 0)
          kind, id = ARGV[3], ARGV[4]
        end
        for index = 8, #ARGV, 4 do
          local member = read(ARGV[index])
          if member then
            arrive(member, ARGV[2])
          else
            add({ user = ARGV[index], role = ARGV[index + 1], state = ARGV[index + 2], since = ARGV[index + 3], from = 0, at = ',' .. ARGV[2] .. ',' })
          end
        end
        audience = gateways
        changed()
        return 1
        """);

    /// <summary>The groups of a user: group, most groups → whether there is room.</summary>
    public static RedisScript NoteGroup { get; } = new("""
        if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 0 and redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
        redis.call('SADD', KEYS[1], ARGV[1])
        return 1
        """);
}
