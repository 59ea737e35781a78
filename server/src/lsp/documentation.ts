/** The addresses of the pages about rules: on the web, or in a client that shows them itself. */
import { pageUrl, rulePageName, ruleUrl } from '../checks/pages/pages.ts';
import { SETTINGS_RULE } from '../workspace/settings/settings-names.ts';
import type { Client } from './client.ts';

/** The client's command that shows a rule's page, if it announced it. */
const SHOW_RULE = 'varsmith.showRule';

/** Returns the web address of a rule's page, or that of the settings page for findings in settings. */
export function webPageOf(rule: string): string {
  return rule === SETTINGS_RULE ? pageUrl('configuration') : ruleUrl(rule);
}

/** Returns the command that shows a rule's page in the editor, or `null` if there is no such command or page. */
export function showCommandOf({ commands }: Client, rule: string): string | null {
  return rule !== SETTINGS_RULE && commands.includes(SHOW_RULE) ? SHOW_RULE : null;
}

/** The scheme of pages that such a client opens as documents. */
const SCHEME = 'varsmith-docs';

/**
 * Returns the address behind the code of a finding, where editors run no commands: a document of the client, or a web
 * page.
 */
export function documentationOf(client: Client, rule: string): string {
  return showCommandOf(client, rule) === null ? webPageOf(rule) : `${SCHEME}:/${rulePageName(rule)}.md`;
}

/** Returns the address of a rule's page for links in hovers: one that runs the client's command, or a web page. */
export function documentationLinkOf(client: Client, rule: string): string {
  const command = showCommandOf(client, rule);
  return command === null
    ? webPageOf(rule)
    : `command:${command}?${encodeURIComponent(JSON.stringify([rule]))}`;
}
