/** Names related to settings, in a file of their own for modules that need nothing else. */

/** The file at the root with settings for all editors and the command line. */
export const SETTINGS_FILE = 'varsmith.json';

/** The `rule` of findings about the settings themselves. No rule can have this id, as it has no group. */
export const SETTINGS_RULE = 'settings';
