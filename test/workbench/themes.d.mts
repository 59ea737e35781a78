export const THEMES: readonly string[];
