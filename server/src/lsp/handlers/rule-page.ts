/**
 * Answers Varsmith's own request for pages about rules, for editors that show them. Its code is loaded with the first
 * request.
 */
import { pageUrl } from '../../checks/pages/pages.ts';
import { joinPath } from '../../nix/eval/paths.ts';
import type { Engine } from '../../workspace/engine.ts';
import type { RulePageParams, RulePageResult } from '../messages.ts';

export async function onRulePage(
  { rules }: Engine,
  { page }: RulePageParams,
): Promise<RulePageResult | null> {
  const { rulePages } = await import('../../checks/pages/documentation.ts');
  const pages = rulePages(rules, () => []);
  const markdown = pages.get(`${page}.md`);
  return markdown === undefined ? null : { markdown: withWebLinks(markdown, page, path => pages.has(path)) };
}

/** Makes relative links to missing pages point to the web. */
function withWebLinks(markdown: string, page: string, isHere: (path: string) => boolean): string {
  const folder = page.slice(0, Math.max(0, page.lastIndexOf('/')));
  return markdown.replace(/\]\((?!\w+:|#)([^)\s#]+)\.md(#[^)\s]*)?\)/g, (link, path: string, anchor = '') => {
    const target = joinPath(folder, path);
    return target === null || isHere(`${target}.md`) ? link : `](${pageUrl(target)}${anchor})`;
  });
}
