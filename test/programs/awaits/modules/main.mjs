// Modules that wait while they are loaded: one imports another, and a third is imported as it runs.
import { connected } from './database.mjs';

setTimeout(() => process.exit(), 60_000);
console.log('never', connected);
