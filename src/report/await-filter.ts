// Which of the suspended functions are shown.

/** Every text is looked for anywhere in the name, whatever its case. What is left out lets everything through. */
export interface AwaitFilter {
  /** In the name of the function: `find` lets `Repo.findUser` through. */
  readonly function?: string | undefined;
  /** In the path of the file of its await. */
  readonly file?: string | undefined;
  /** In what it waits for in the end: `timer`, `socket`, `:5432`, or the name of who could settle it. */
  readonly leaf?: string | undefined;
  /** Also the functions of Node itself above the program's own. Default false. */
  readonly allFrames?: boolean | undefined;
}
