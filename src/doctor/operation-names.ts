// What Node's names of asynchronous resources mean, and those of waits.

const names: readonly (readonly [RegExp, string])[] = [
  [/^Timeout$/, 'timer'],
  [/^PROMISE$/, 'promise'],
  [/^FSREQ/, 'file'],
  [/^FILEHANDLE/, 'file'],
  [/^FSEVENTWRAP|^STATWATCHER/, 'watcher'],
  [/^(?:TCP|PIPE)CONNECTWRAP/, 'connect'],
  [/^TCPSERVERWRAP|^PIPESERVERWRAP/, 'server'],
  [/^TCPWRAP|^TLSWRAP/, 'socket'],
  [/^PIPEWRAP/, 'pipe'],
  [/^(?:HTTPCLIENTREQUEST)/, 'HTTP request'],
  [/^(?:GETADDRINFO|GETNAMEINFO|QUERY)/, 'DNS look-up'],
  [/^PROCESSWRAP/, 'child process'],
  [/^WORKER/, 'worker thread'],
  [/^(?:ZLIB|BROTLI|ZSTD)/, 'compression'],
  [/^(?:PBKDF2|SCRYPT|HKDF|RANDOM|CHECKPRIME|KEYGEN|KEYPAIRGEN|SIGN|VERIFY|CIPHER|DERIVEBITS|HASH)/, 'crypto'],
  [/^(?:WRITE|SHUTDOWN)WRAP/, 'write'],
  [/^UDP/, 'UDP'],
  [/^HTTP2/, 'HTTP/2'],
  [/^STREAM_/, 'stream'],
  [/^HTTPINCOMINGMESSAGE/, 'request'],
];

/** `timer` for `Timeout`, `file` for `FSREQCALLBACK`; else as Node has it. */
export function nameOfOperation(type: string): string {
  return names.find(([pattern]) => pattern.test(type))?.[1] ?? type;
}

const phrases: Readonly<Record<string, string>> = {
  response: 'response of',
  get: 'get from',
  put: 'put into',
  wait: 'wait for',
};

/** `response of http api:80` for `response client http api:80`, `acquire pool db`. */
export function nameOfWait(type: string): string {
  const [, kind = '', of = '', name = ''] = /^(\S+) (\S+) ([^]*)$/.exec(type) ?? [];
  const what = of === 'client' || name.startsWith(of) ? name : `${of} ${name}`;
  return `${phrases[kind] ?? kind} ${what}`;
}
