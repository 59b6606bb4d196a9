// Timers as they are before a test fakes them: what is loaded later takes them from here. Loaded at the start.
export const { setTimeout, clearTimeout } = globalThis;
