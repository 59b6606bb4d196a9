// placeholder
export function watchExit(_runner: string): void {}
