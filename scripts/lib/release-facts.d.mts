type Versions = Readonly<Record<string, string | undefined>>;

export function versionsNamed(): Versions;
export function versionProblems(named: Versions, expected: string): string[];
export function tagProblems(tag: string | undefined, version: string): string[];
export function changelogSection(changelog: string, heading: string): string | null;
export function contentProblems(files: readonly string[], needed: readonly string[]): string[];
