// What `loopscope --help` prints. The README has the same tables.

export const helpText = `loopscope: ask any Node program what it is waiting for

  loopscope run [options] -- <script> [args]

Runs a Node program (or a command that starts one) and reports on stderr what is pending: at its exit if
anything is, on SIGUSR2, and on the first Ctrl-C. Input, output, signals and exit code are the program's own.

  --timeout TIME    after 500ms, 30s, 2m or 1h: report, then end the program with exit code 124
  --format FORMAT   text (default) or json (one line per report)
  --output FILE     append the reports to FILE instead of writing them to stderr
  --quiet           write nothing to stderr
  --otlp URL        send spans to an OpenTelemetry collector; also OTEL_EXPORTER_OTLP_ENDPOINT
  --debug           capture the call site of every task and wait, not of the first 200 a second

  loopscope --version
  loopscope --help

Exit codes: the program's own; 124 after --timeout, 126 if it cannot be executed, 127 if it is not found,
2 for a mistake on the command line, 3 on a version of Node that is not supported.
`;
