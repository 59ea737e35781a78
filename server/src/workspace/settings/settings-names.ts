/** Names that have to do with settings, for those who need nothing else of them. */

/** The file at the root that holds settings for every editor and for the command line. */
export const SETTINGS_FILE = 'varsmith.json';

/** The `rule` of findings about the settings themselves. No rule can have it: it has no group. */
export const SETTINGS_RULE = 'settings';
