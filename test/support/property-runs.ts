// How often a property is tried: often where a machine has the time, and less often while somebody waits for it.

/** Runs of each property. */
export const propertyRuns = process.env['CI'] === undefined ? 300 : 2000;
