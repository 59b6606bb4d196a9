// Waits with p-timeout, and knows nothing of loopscope.
import pTimeout from 'p-timeout';

const never = () => new Promise(() => {});
void pTimeout(never(), { milliseconds: 60_000 });
void pTimeout(never(), { milliseconds: Infinity });
const cleared = pTimeout(never(), { milliseconds: 60_000 });
cleared.clear();
await new Promise((resolve) => setTimeout(resolve, 10));
process.exit();
