// Where in a program something was created or parked.

/** A place in source code. Lines and columns count from 1. */
export interface Site {
  /** Path or URL of the file, as V8 names it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Name of the function, or an empty string at the top level of a module. */
  readonly function: string;
  /** False where the site was not captured for this very object but for an earlier one of the same name. */
  readonly exact: boolean;
}
