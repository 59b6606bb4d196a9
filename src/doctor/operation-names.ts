// What Node's names of asynchronous resources mean.

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
];

/** `timer` for `Timeout`, `file` for `FSREQCALLBACK`; else as Node has it. */
export function nameOfOperation(type: string): string {
  return names.find(([pattern]) => pattern.test(type))?.[1] ?? type;
}
