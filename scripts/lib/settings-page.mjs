// docs/settings.md: the settings of the editor, from package.json.

/** One setting: its description, default, values, and whether a folder may have its own. */
function settingText(name, setting) {
  const { markdownDescription, default: fallback, scope, enum: values, enumDescriptions = [] } = setting;
  return [
    `## \`${name}\``,
    '',
    markdownDescription,
    '',
    `Default: \`${JSON.stringify(fallback)}\`. ${scope === 'resource' ? 'A folder may have its own.' : 'For the whole window.'}`,
    ...(values
      ? ['', ...values.map((value, index) => `* \`${value}\`: ${enumDescriptions[index] ?? ''}`)]
      : []),
    '',
  ].join('\n');
}

/**
 * @param {{ contributes: { configuration: { properties: Record<string, any> } } }} manifest
 * @returns {string} Markdown
 */
export function settingsPage({ contributes }) {
  const settings = Object.entries(contributes.configuration.properties).sort(
    ([, a], [, b]) => a.order - b.order,
  );
  return `# Settings of the editor

Written by \`npm run docs\` from package.json; not edited by hand. None of them must be set. What is not set here is taken
from the \`varsmith.json\` at the root of the fleet, which counts for every editor and for the command line:
[configuration](configuration.md).

${settings.map(([name, setting]) => settingText(name, setting)).join('\n')}`;
}
