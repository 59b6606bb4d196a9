import { settings } from './settings.mjs';

export const port = await new Promise((resolve) => settings.waiting.push(resolve)); // suspended: (module)
