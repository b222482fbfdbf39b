import { hash } from 'node:crypto';

/** A script that Redis runs atomically. Each reads and writes one key only, as a Redis Cluster requires. */
export interface RedisScript {
  readonly source: string;
  /** The hash under which Redis remembers the script. */
  readonly sha1: string;
}

function script(source: string): RedisScript {
  return { source, sha1: hash('sha1', source) };
}

// INCRBY and DECRBY leave the expiry of an existing key unchanged.
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

// A script, because clients may send a plain GET to a replica, which may lag; scripts always run on the master.
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
