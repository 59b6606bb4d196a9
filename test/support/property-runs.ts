// How often a property is tried: often where a machine has the time, and less often while somebody waits for it.

// What is tried is our own code: the version of Node matters little.
const inCi = process.version.startsWith('v24.') ? 2000 : 500;

/** Runs of each property. */
export const propertyRuns = process.env['CI'] === undefined ? 300 : inCi;
