// placeholder
export async function reportLeaks(_file: object): Promise<void> {}
