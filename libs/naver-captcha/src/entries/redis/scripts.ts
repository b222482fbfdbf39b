import { hash } from 'node:crypto';

/** What Redis carries out in one go. Each touches one key only, so that a cluster takes it too. */
export interface RedisScript {
  readonly source: string;
  /** The name under which Redis remembers it. */
  readonly sha1: string;
}

function script(source: string): RedisScript {
  return { source, sha1: hash('sha1', source) };
}

// A key that is there keeps the time it has left: INCRBY and DECRBY do not touch it.
export const TAKE = script(`
local held = redis.call('GET', KEYS[1])
local count = tonumber(held or 0)
local amount = tonumber(ARGV[3])
if count + amount > tonumber(ARGV[1]) then return { 0, count } end
if held then return { 1, redis.call('INCRBY', KEYS[1], amount) } end
redis.call('SET', KEYS[1], amount, 'PX', ARGV[2])
return { 1, amount }
`);

export const RELEASE = script(`
local count = tonumber(redis.call('GET', KEYS[1]) or 0)
local amount = math.min(count, tonumber(ARGV[1]))
if amount > 0 then return redis.call('DECRBY', KEYS[1], amount) end
return count
`);

// The plain commands would do, but clients send plain reads to replicas, which may lag; scripts go to the master.
export const GET = script(`
return tonumber(redis.call('GET', KEYS[1]) or 0)
`);

export const SET = script(`
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return tonumber(ARGV[1])
`);

export const POP = script(`
local count = tonumber(redis.call('GET', KEYS[1]) or 0)
redis.call('DEL', KEYS[1])
return count
`);

export const DELETE = script(`
return redis.call('DEL', KEYS[1])
`);
