export function zipNames(archive: Uint8Array): string[];
