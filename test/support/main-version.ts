// The version of Node that npm scripts use. What the version makes no difference to is tried on this one alone, or at length.

/** Whether this is that version. */
export const isMainVersion: boolean = process.version.startsWith('v24.');
