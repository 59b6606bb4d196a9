export const settings = { waiting: [] };
