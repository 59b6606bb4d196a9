// The folder through which the processes of one `loopscope run` and their supervisor talk: small files, written whole.
// Files work where nothing else does: in an exit handler, from any thread, from a child whose stderr belongs to others.
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../report/format.ts';

/** A thread of a process that runs under the hook. */
export interface Member {
  readonly pid: number;
  /** 0 is the main thread. */
  readonly threadId: number;
}

const memberFile = /^member-(\d+)-(\d+)$/;
const reportFile = /^report-.*\.json$/;
let reportsWritten = 0;

/** One end of the folder. Only its owner can read it (mode 0700). */
export class RunDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Makes a new folder, for the supervisor, and removes those whose supervisors were killed. */
  static create(): RunDirectory {
    for (const name of readdirSync(tmpdir())) {
      const pid = Number(/^loopscope-(\d+)-/.exec(name)?.[1] ?? Number.NaN);
      if (pid > 0 && !isAlive(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
    }
    return new RunDirectory(mkdtempSync(join(tmpdir(), `loopscope-${process.pid}-`)));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  join({ pid, threadId }: Member): void {
    writeFileSync(this.#file(`member-${pid}-${threadId}`), '');
  }

  leave({ pid, threadId }: Member): void {
    rmSync(this.#file(`member-${pid}-${threadId}`), { force: true });
  }

  members(): Member[] {
    return this.#names().flatMap((name) => {
      const [, pid, threadId] = memberFile.exec(name) ?? [];
      return pid === undefined ? [] : [{ pid: Number(pid), threadId: Number(threadId) }];
    });
  }

  /** Leaves a report for the supervisor. */
  deliver(report: Report): void {
    const { pid, threadId } = report.process;
    const name = `report-${report.takenAt.replaceAll(':', '')}-${pid}-${threadId}-${++reportsWritten}`;
    writeFileSync(this.#file(`${name}.part`), JSON.stringify(report));
    renameSync(this.#file(`${name}.part`), this.#file(`${name}.json`));
  }

  /** Takes the reports that have arrived, oldest first. */
  collect(): Report[] {
    return this.#names()
      .filter((name) => reportFile.test(name))
      .toSorted()
      .map((name) => {
        const report = JSON.parse(readFileSync(this.#file(name), 'utf8')) as Report;
        rmSync(this.#file(name));
        return report;
      });
  }

  /** Says that a process got a signal, so that the supervisor need not send it on. */
  acknowledge(signal: string, pid: number): void {
    writeFileSync(this.#file(`signal-${signal}-${pid}`), '');
  }

  /** Whether the signal was acknowledged since it was asked last. */
  takeAcknowledgement(signal: string, pid: number): boolean {
    const file = this.#file(`signal-${signal}-${pid}`);
    const found = existsSync(file);
    if (found) rmSync(file, { force: true });
    return found;
  }

  /** From now on the program is being ended because its time is over. */
  markTimeout(): void {
    writeFileSync(this.#file('timeout'), '');
  }

  isTimeout(): boolean {
    return existsSync(this.#file('timeout'));
  }

  #names(): string[] {
    return existsSync(this.path) ? readdirSync(this.path) : [];
  }

  #file(name: string): string {
    return join(this.path, name);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // alive, and somebody else's
  }
}
