import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { setupFiles: ['loopscope/vitest'], include: ['*.test.ts'] } });
