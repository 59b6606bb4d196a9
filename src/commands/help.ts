// What `loopscope --help` prints. The README has the same tables.

const exitCodes = `Exit codes of ps and tree: 0 when all was read, 4 if there is no such process or
it is not Node, 5 if the system does not permit it, 6 if it cannot be read in
this way. Of export: 4 if there is no such file, 5 if it may not be read, 6 if
lines were skipped or spans rejected, 7 if the collector takes nothing now: the
rest is for the next call. Of report and compare: 4, 5 and 6 for files, too.
Of run and why: the program's own; 70 after --stuck-exit, 124 after --timeout,
126 if it cannot be executed, 127 if it is not found. Of run, report and
compare, instead of 0 only: 8 when --fail-on finds something, 9 when nothing of
--report could be written. Of all: 2 for a mistake on the command line, 3 on a
version of Node that is not supported.
`;

export const helpText = `loopscope: ask any Node program what it is waiting for

  loopscope ps                   the Node processes of this machine
  loopscope ps [options] PID...  what a process awaits, as a table
  loopscope tree [options] PID   what a process awaits, as trees of who awaits whom
  loopscope run [options] -- <script> [args]
                                 runs a program, and reports what is pending
  loopscope why [options] -- <script> [args]
                                 runs a program, and says why it does not end
  loopscope report FILE...       draws reports that were stored as JSON
  loopscope compare BEFORE AFTER what is new, gone, worse or better
  loopscope doctor [options] -- <script> [args]
                                 runs a program under load, and says what ails it
  loopscope export FILE... --otlp URL
                                 sends spans of trace files to a collector
  loopscope explain [RULE]       what a warning means, and what to do about it

  loopscope ps --help            the options of a command
  loopscope --version

${exitCodes}`;

const run = `  loopscope run [options] -- <script> [args]

Runs a Node program (or a command that starts one) and reports on stderr what is
pending and what blocked the event loop: at its exit if anything is or did, on
SIGUSR2, and on the first Ctrl-C. Input, output, signals and exit code are the
program's own.

  --timeout TIME    after 500ms, 30s, 2m or 1h: report, then end the program
                    with exit code 124
  --format FORMAT   text (default) or json (one line per report)
  --output FILE     append the reports to FILE instead of writing them to stderr
  --quiet           write nothing to stderr
  --report FORMS    at the end write what was found:
                    junit=FILE,html=FILE,markdown=FILE,json=FILE,gitlab=FILE,
                    text=FILE; github writes annotations to stderr and the
                    summary of the step
  --fail-on NAMES   exit code 8 where the program ends with 0 and this was
                    found: leaked (pending at exit), warning (any), the name of
                    a rule
  --otlp URL        send spans, metrics and log records to an OpenTelemetry
                    collector; also OTEL_EXPORTER_OTLP_ENDPOINT
  --prometheus [HOST:]PORT
                    serve the metrics of all its processes at
                    http://127.0.0.1:PORT/metrics
  --trace-file FILE write spans to FILE, without any server; loopscope export
                    sends them later
  --profile FILE    write a CPU profile of the run: FILE.cpuprofile, or a folder
                    for those of several processes
  --disable NAMES   do not look into these libraries: p-queue,pg, or all
  --rules           say what every rule answers: fine, a warning, or why it
                    cannot tell; short synchronous calls are looked for, too
  --handles         note where every timer and handle is made, not only servers,
                    connections, children and workers
  --debug           capture the call site of every task and wait, not of the
                    first 200 a second
  --block-threshold TIME
                    turns of the event loop that take longer are blocks (default
                    100ms)
  --stuck-after TIME
                    report a loop that does not return for so long, such as an
                    endless one
  --stuck-exit      end the program then, with exit code 70
  --no-watchdog     do not look for what blocks the loop: no thread beside the
                    program's
  --no-loop         do not measure the loop at all
  --rule NAME=VALUE a rule warns from another threshold on (long-hold=2m), or
                    not at all (long-hold=off)
  --ignore NAME[:GLOB]
                    no warnings of a rule, or of tasks, resources and files of
                    such a name
`;

const why = `  loopscope why [options] -- <script> [args]

Runs a Node program (or a command that starts one) and says on stderr, in one
list, what keeps it from ending, where each was made, and what ends it: as soon
as it is idle, on SIGUSR2, and on Ctrl-C. Of a program that ends it says so.

  --after TIME      say it after 500ms, 30s, 2m or 1h, idle or not
  --timeout TIME    say it then, and end the program with exit code 124
  --format FORMAT   text (default) or json (one line per report)
  --output FILE     append the list to FILE instead of writing it to stderr
  --disable NAMES   do not look into these libraries: p-queue,pg, or all
`;

const common = `Which process:
  PID               its number; ps takes several
  --all             every Node process of yours, one after the other
  --core FILE --exe FILE
                    a core dump, and the executable of Node that was dumped

How it is read:
  --via memory      its memory, on Linux: nothing runs in it, it is not stopped
  --via inspector   its inspector, which SIGUSR1 opens on 127.0.0.1:9229 and
                    which is closed again
  --via snapshot    the same, by a heap snapshot: it stands still for seconds,
                    and takes up to 10 times the memory of its heap
  --via auto        (default) memory; where that is not permitted, an inspector
                    that is open already
  --stop            stop it (SIGSTOP) while its memory is read: one consistent
                    picture
  --no-settlers     do not look for who could settle what is awaited, which is
                    half of the work
  --force           by an inspector, read a big heap, too

What is shown:
  --function TEXT   functions with TEXT in their name
  --file TEXT       functions that await in a file with TEXT in its path
  --waits-for TEXT  functions that wait for this in the end: timer, socket,
                    :5432, Database.pending
  --all-frames      also functions of Node itself
`;

const output = `  --watch [TIME]    look again every 2s (or 500ms, 1m, ...) until Ctrl-C; what
                    stays is stuck
  --json            one line per process or look; the same as --format json
  --output FILE     append to FILE instead of writing to stdout
`;

const ps = `  loopscope ps                    the Node processes of this machine
  loopscope ps [options] PID...   which functions of a process are suspended,
                                  where, and what each waits for

The process needs no preparation, and goes on meanwhile.

${common}${output}
${exitCodes}`;

const tree = `  loopscope tree [options] PID    which functions of a process are suspended,
                                  and who awaits whom

The process needs no preparation, and goes on meanwhile.

${common}  --down            below each function what it awaits (default)
  --up              below what is waited for, who awaits it
  --focus NAME      trees through functions with NAME in their name
  --depth N         N levels of each tree
${output}
${exitCodes}`;

const exported = `  loopscope export FILE... --otlp URL

Sends what was written by --trace-file, or by the file exporter of the
OpenTelemetry Collector, by OTLP over HTTP. What FILE was rotated to (FILE.1,
FILE.2, ...) is sent first. How far it got is noted in FILE.sent: another call
goes on there, and sends nothing twice. A line that is no request of OTLP, or
that the collector refuses, is named on stderr and skipped.

  --otlp URL        the collector, such as http://localhost:4318; also
                    OTEL_EXPORTER_OTLP_(TRACES_)ENDPOINT, whose _HEADERS and
                    _TIMEOUT count, too

`;

const explained = `  loopscope explain              the rules, in a line each
  loopscope explain RULE         what it means, from when on it warns, what to
                                 do about it, and how to silence it

`;

const findings = `  --report FORMS    one to stdout, others to files: text (default), json, junit,
                    gitlab, github, markdown, html; html=page.html,junit=a.xml
  --fail-on NAMES   exit code 8 if this was found: leaked (pending at exit),
                    warning (any), the name of a rule; names with commas
  --rule NAME=VALUE, --ignore NAME[:GLOB]
                    what the rules warn of, anew; without these, warnings are as
                    they were stored
  --rules           what every rule answers, anew: fine, a warning, or why it
                    cannot tell
`;

const report = `  loopscope report FILE...

Draws reports that were stored as JSON, by run --report json=FILE or by
--format json, of this version or an earlier one. FILE may be - for stdin.

${findings}
`;

const compare = `  loopscope compare BEFORE AFTER

Says what is new, gone, worse or better in the reports of one run than in those
of another. Things are the same by name, file and function, not by line or id.

  --report FORMS    one to stdout, others to files: text (default), json,
                    markdown; markdown=FILE
  --fail-on NAMES   exit code 8 for any of this: new, worse; of one kind only:
                    new-warnings, worse-queues, ...; kinds are warnings, cycles,
                    tasks, holds, queues, blocks, loop
  --tolerance N%    times and depths are worse from this on (default 25%)
  --rule NAME=VALUE, --ignore NAME[:GLOB]
                    what the rules warn of, in both

`;

const doctor = `  loopscope doctor [options] -- <script> [args]

Runs a Node program, and says on stdout what ails it: the first line is the
verdict, with the line, the host or the pool; then what shows it, and what to
do. The output of the program goes to stderr. It ends with the load, after the
duration, with the program, or on Ctrl-C; nothing is left running.

  --on-port COMMAND run COMMAND in a shell when the program listens, with PORT
                    in its environment: 'autocannon http://localhost:$PORT'
  --port NUMBER     wait for this port, where the program listens at several;
                    the first is PORT otherwise
  --duration TIME   how long at most: 500ms, 30s, 2m
  --deep            follow promises, too, which makes each await slower; how
                    much is measured at the start, and said
  --record FILE     write the recording, as JSON; loopscope report reads it
  --format FORMAT   text (default) or json: the diagnosis
  --output FILE     append the diagnosis to FILE instead of writing it to stdout
  --disable NAMES   do not look into these libraries: p-queue,pg, or all

Exit codes: 0 when there is a diagnosis, whatever it is; 2 for a mistake on the
command line, 126 if the program cannot be executed, 127 if it is not found.
`;

/** Of each command. */
export const helpTexts: Readonly<Record<string, string>> = {
  explain: `${explained}${exitCodes}`,
  doctor,
  export: `${exported}${exitCodes}`,
  run: `${run}\n${exitCodes}`,
  report: `${report}${exitCodes}`,
  compare: `${compare}${exitCodes}`,
  why: `${why}\n${exitCodes}`,
  ps,
  tree,
};
