// cockatiel: its policies, each in a file of its own. No promise that it returns is replaced: the ends of calls are seen at
// promises which the library awaits itself.
import { cockatielBreaker } from './cockatiel-breaker-record.ts';
import { cockatielBulkhead } from './cockatiel-bulkhead-record.ts';
import { cockatielRetry } from './cockatiel-retry-record.ts';
import { cockatielTimeout } from './cockatiel-timeout-record.ts';
import type { Library } from './hook-library.ts';

export const cockatiel: Library = {
  name: 'cockatiel',
  versions: ['3', '4'],
  files: [cockatielBreaker, cockatielBulkhead, cockatielRetry, cockatielTimeout],
};
