export function packageFolders(files: Iterable<string>): string[];
export function noticesOf(files: Iterable<string>): string;
