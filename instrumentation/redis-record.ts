// What a command asks of Redis, without values: its name, and the key or channel where that comes first.

const withKey = new Set(
  `append bitcount bitpos blmove blpop brpop brpoplpush bzpopmax bzpopmin decr decrby del dump exists expire expireat geoadd
  geodist geopos geosearch get getbit getdel getex getrange getset hdel hexists hget hgetall hincrby hincrbyfloat hkeys hlen
  hmget hmset hscan hset hsetnx hvals incr incrby incrbyfloat lindex linsert llen lmove lpop lpos lpush lpushx lrange lrem
  lset ltrim mget persist pexpire pexpireat pfadd pfcount psetex psubscribe pttl publish rename restore rpop rpoplpush rpush
  rpushx sadd scard sdiff set setbit setex setnx setrange sinter sismember smembers smismember smove spop spublish
  srandmember srem sscan ssubscribe strlen subscribe sunion touch ttl type unlink unsubscribe watch xack xadd xautoclaim
  xclaim xdel xlen xpending xrange xrevrange xtrim zadd zcard zcount zincrby zlexcount zmscore zpopmax zpopmin zrange
  zrangebylex zrangebyscore zrank zrem zremrangebyrank zremrangebyscore zrevrange zrevrangebyscore zrevrank zscan zscore`.split(
    /\s+/,
  ),
);
/** Commands that block until there is something, and where their limit stands: seconds that are first or last, or after BLOCK. */
const blocking: Readonly<Record<string, 'first' | 'last' | 'option'>> = {
  blmove: 'last',
  blmpop: 'first',
  blpop: 'last',
  brpop: 'last',
  brpoplpush: 'last',
  bzmpop: 'first',
  bzpopmax: 'last',
  bzpopmin: 'last',
  xread: 'option',
  xreadgroup: 'option',
};
const longestKey = 50;

/** `GET cart:42`, `MULTI`, `BLPOP jobs`. */
export function commandText(name: string, args: readonly unknown[]): string {
  const word = name.toUpperCase();
  const key = withKey.has(name.toLowerCase()) ? args[0] : undefined;
  if (typeof key !== 'string' && !(key instanceof Uint8Array)) return word;
  const text = String(key); // of a Buffer, too
  return `${word} ${text.length > longestKey ? `${text.slice(0, longestKey)}…` : text}`;
}

/** How long a command blocks at most, in milliseconds: Infinity for ever; null for one that does not block. */
export function blocksFor(name: string, args: readonly unknown[]): number | null {
  const word = name.toLowerCase();
  const where = Object.hasOwn(blocking, word) ? blocking[word] : undefined;
  if (where === undefined) return null;
  if (where === 'option') {
    const at = args.findIndex((arg) => String(arg).toLowerCase() === 'block');
    return at === -1 ? null : limit(Number(args[at + 1]));
  }
  return limit(Number(where === 'first' ? args[0] : args.at(-1)) * 1000);
}

function limit(milliseconds: number): number {
  return milliseconds > 0 ? milliseconds : Infinity;
}

/** `redis localhost:6379`, with the number of the database unless it is 0. */
export function serverName(host: string, port: number | string | undefined, database = 0): string {
  return `redis ${host}${port === undefined ? '' : `:${port}`}${database === 0 ? '' : `/${database}`}`;
}

/** Whether an idle worker or listener of BullMQ waits with it for jobs and events: that is no wait of the program. */
export function isIdle(name: string, args: readonly unknown[]): boolean {
  switch (name.toLowerCase()) {
    case 'bzpopmin':
      return String(args[0]).endsWith(':marker');
    case 'xread':
      return String(args.at(-2)).endsWith(':events') && String(args[0]).toLowerCase() === 'block';
    default:
      return false;
  }
}
