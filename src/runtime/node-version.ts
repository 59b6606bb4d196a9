// Which versions of Node are supported. Loaded by every version, so it uses nothing new.

/** What is wrong with this version of Node, in one sentence; null if nothing is. */
export function unsupportedNode(version: string): string | null {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const atLeast = (leastMinor: number, leastPatch: number): boolean =>
    minor > leastMinor || (minor === leastMinor && patch >= leastPatch);
  if (major >= 26 || (major === 24 && atLeast(11, 1)) || (major === 22 && atLeast(22, 3))) return null;
  return `loopscope needs Node ^22.22.3, ^24.11.1 or >=26, and this is Node ${version}`;
}
