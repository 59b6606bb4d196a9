// The folder through which the processes of one `loopscope run` and their supervisor talk: small files, written whole.
// Files work where nothing else does: in an exit handler, from any thread, from a child whose stderr belongs to others.
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import type { Reason, Report } from '../report/format.ts';
import type { ThreadRecording } from '../report/recording.ts';
import { basename, join } from 'node:path';
import { complain } from '../runtime/complain.ts';

/** A thread of a process that runs under the hook. */
export interface Member {
  readonly pid: number;
  /** 0 is the main thread. */
  readonly threadId: number;
}

/** The same for two entries of one thread. */
export function memberKey({ pid, threadId }: Member): string {
  return `${pid}-${threadId}`;
}

const supervisorFolder = /^loopscope-(\d+)-/;
const memberFile = /^member-(\d+)-(\d+)$/;
const recordingFile = /^recording-(\d+)-(\d+)\.json$/;
const metricsSocketFile = /^metrics-(\d+)\.sock$/;
const reportFile = /^report-.*\.json$/;
// An older acknowledgement is of a signal that the supervisor did not get.
const freshMs = 1000;
let filesWritten = 0;

/** One end of the folder. Only its owner can read it (mode 0700). */
export class RunDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The process number of the supervisor. */
  get supervisor(): number {
    return Number(supervisorFolder.exec(basename(this.path))?.[1]);
  }

  /** Makes a new folder, for the supervisor, and removes those whose supervisors were killed. */
  static create(): RunDirectory {
    for (const name of namesIn(tmpdir())) {
      const pid = Number(supervisorFolder.exec(name)?.[1]);
      if (pid > 0 && !isAlive(pid)) tryTo(() => rmSync(join(tmpdir(), name), { recursive: true, force: true }));
    }
    return new RunDirectory(mkdtempSync(join(tmpdir(), `loopscope-${process.pid}-`)));
  }

  /** Whether the supervisor has ended, or somebody has removed the folder. */
  isOver(): boolean {
    return !existsSync(this.path);
  }

  remove(): void {
    tryTo(() => rmSync(this.path, { recursive: true, force: true }));
  }

  join({ pid, threadId }: Member): void {
    writeFileSync(this.#file(`member-${pid}-${threadId}`), '');
  }

  leave({ pid, threadId }: Member): void {
    tryTo(() => rmSync(this.#file(`member-${pid}-${threadId}`), { force: true }));
  }

  members(): Member[] {
    return membersOf(namesIn(this.path), memberFile);
  }

  /** Says that a report has been begun, so that the supervisor waits for it. */
  begin(member: Member): void {
    tryTo(() => writeFileSync(this.reportingFile(member), ''));
  }

  /** Whether a report of this thread has been begun and is not there yet. */
  isReporting(member: Member): boolean {
    return existsSync(this.reportingFile(member));
  }

  /** The file that is there meanwhile. */
  reportingFile({ pid, threadId }: Member): string {
    return this.#file(`reporting-${pid}-${threadId}`);
  }

  /** Leaves a report for the supervisor. */
  deliver(report: Report): void {
    const { pid, threadId } = report.process;
    const name = `report-${report.takenAt.replaceAll(':', '')}-${pid}-${threadId}-${++filesWritten}`;
    writeFileSync(this.#file(`${name}.part`), JSON.stringify(report));
    renameSync(this.#file(`${name}.part`), this.#file(`${name}.json`));
    tryTo(() => rmSync(this.reportingFile(report.process), { force: true })); // last: without it nobody waits any more
  }

  /** Takes the reports that have arrived, oldest first. */
  *collect(): Generator<Report> {
    for (const name of namesIn(this.path).toSorted()) {
      if (!reportFile.test(name)) continue;
      try {
        const text = readFileSync(this.#file(name), 'utf8');
        rmSync(this.#file(name));
        yield JSON.parse(text) as Report;
      } catch (error) {
        complain('a report was lost', error);
      }
    }
  }

  /** Leaves what one thread recorded for the supervisor. */
  deliverRecording(recording: ThreadRecording): void {
    const { pid, threadId } = recording.report.process;
    const name = `recording-${pid}-${threadId}`;
    writeFileSync(this.#file(`${name}.part`), JSON.stringify(recording));
    renameSync(this.#file(`${name}.part`), this.#file(`${name}.json`));
  }

  /** Who has left a recording. */
  recorded(): Member[] {
    return membersOf(namesIn(this.path), recordingFile);
  }

  /** The recordings that have arrived, `most` of them at most. */
  recordings(most: number): ThreadRecording[] {
    const names = namesIn(this.path).filter((name) => recordingFile.test(name));
    return names.slice(0, most).flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(this.#file(name), 'utf8')) as ThreadRecording];
      } catch (error) {
        complain('a recording was lost', error);
        return [];
      }
    });
  }

  /** A server of this process listens. */
  markListening(pid: number, port: number): void {
    tryTo(() => writeFileSync(this.#file(`listening-${pid}-${port}`), ''));
  }

  /** A server of this process listens at a path: a Unix socket, or a pipe of Windows. */
  markListeningPath(pid: number, path: string): void {
    tryTo(() => writeFileSync(this.#file(`listening-${pid}-path`), path));
  }

  /** The ports at which processes listen, the first at first. */
  listeningPorts(): number[] {
    const marks = namesIn(this.path).flatMap((name) => {
      const port = /^listening-\d+-(\d+)$/.exec(name)?.[1];
      const since = port === undefined ? undefined : tryTo(() => statSync(this.#file(name)).mtimeMs);
      return since === undefined ? [] : [{ port: Number(port), since }];
    });
    return [...new Set(marks.toSorted((a, b) => a.since - b.since).map(({ port }) => port))];
  }

  /** The paths at which processes listen, one of each at most. */
  listeningPaths(): string[] {
    return namesIn(this.path)
      .filter((name) => /^listening-\d+-path$/.test(name))
      .flatMap((name) => tryTo(() => readFileSync(this.#file(name), 'utf8')) ?? []);
  }

  /** The file in which a process finds that it is asked for a report, though its loop is blocked. */
  askFile(pid: number): string {
    return this.#file(`ask-${pid}`);
  }

  /** Asks a process whose loop may be blocked for a report; null takes it back. */
  ask(pid: number, reason: Reason | null): void {
    tryTo(() =>
      reason === null ? rmSync(this.askFile(pid), { force: true }) : writeFileSync(this.askFile(pid), reason),
    );
  }

  /** Where a process gives its metrics to whoever connects. */
  metricsSocket(pid: number): string {
    return this.#file(`metrics-${pid}.sock`);
  }

  /** The processes which give metrics. What one that has ended left behind is removed. */
  metricsSockets(): { readonly pid: number; readonly path: string }[] {
    const sockets = namesIn(this.path).flatMap((name) => {
      const pid = Number(metricsSocketFile.exec(name)?.[1]);
      return pid > 0 ? [{ pid, path: this.#file(name) }] : [];
    });
    for (const { pid, path } of sockets) if (!isAlive(pid)) tryTo(() => rmSync(path, { force: true }));
    return sockets.filter(({ pid }) => isAlive(pid));
  }

  /** The process is about to be ended because its loop does not return. */
  markStuck(pid: number): void {
    tryTo(() => writeFileSync(this.#file(`stuck-${pid}`), ''));
  }

  isStuck(pid: number): boolean {
    return existsSync(this.#file(`stuck-${pid}`));
  }

  /** Says that a process got a signal, so that the supervisor need not send it on. */
  acknowledge(signal: string, pid: number): void {
    tryTo(() => writeFileSync(this.#file(`signal-${signal}-${pid}-${++filesWritten}`), ''));
  }

  /** Whether the signal was acknowledged just now; one acknowledgement is given out once. */
  takeAcknowledgement(signal: string, pid: number): boolean {
    for (const name of namesIn(this.path)) {
      if (!name.startsWith(`signal-${signal}-${pid}-`)) continue;
      const writtenAt = statSync(this.#file(name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
      rmSync(this.#file(name), { force: true });
      if (Date.now() - writtenAt < freshMs) return true;
    }
    return false;
  }

  /** From now on the program is being ended because its time is over. */
  markTimeout(): void {
    tryTo(() => writeFileSync(this.#file('timeout'), ''));
  }

  isTimeout(): boolean {
    return existsSync(this.#file('timeout'));
  }

  #file(name: string): string {
    return join(this.path, name);
  }
}

/**
 * For what is lost with the folder, which the program may have removed, or lost the right to write to: what is left behind
 * is removed by the next run. What it returns; undefined where it cannot be done.
 */
function tryTo<Result>(act: () => Result): Result | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

function membersOf(names: readonly string[], file: RegExp): Member[] {
  return names.flatMap((name) => {
    const [, pid, threadId] = file.exec(name) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), threadId: Number(threadId) }];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // alive, and somebody else's
  }
}
