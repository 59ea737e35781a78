// Options that the fleet declares itself: hover, definition, references, completion.
import { describe, expect, test } from 'vitest';
import { FLEET } from '../../server/src/checks/examples/option-examples.ts';
import { completion } from '../../server/src/editor/complete/completion.ts';
import { hover } from '../../server/src/editor/hover/hover.ts';
import { definition } from '../../server/src/editor/navigate/definition.ts';
import { references } from '../../server/src/editor/navigate/references.ts';
import { prepareRename } from '../../server/src/editor/rename/rename.ts';
import { documentSymbols } from '../../server/src/editor/shown/symbols.ts';
import type { Snapshot } from '../../server/src/editor/snapshot.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder } from '../workspace/support.ts';
import { textAt } from './support.ts';

const engine = await loadEngine();
const HOST = 'hosts/server.nix';
const WEB = 'modules/web.nix';

/** The fleet of the rules' examples with another machine, and the cursor at `|` in it. */
function at(
  marked: string,
  more: Readonly<Record<string, string>> = {},
): { snapshot: Snapshot; offset: number } {
  const offset = marked.indexOf('|');
  const texts = { ...FLEET, ...more, [HOST]: marked.replace('|', '') };
  const { snapshot } = createWorkspace({ root: folder(texts), engine });
  return { snapshot: snapshot(), offset };
}

function shown(marked: string): string | null {
  const { snapshot, offset } = at(marked);
  return hover(snapshot, HOST, offset)?.markdown ?? null;
}

function offered(marked: string): string[] {
  const { snapshot, offset } = at(marked);
  return (completion(snapshot, HOST, offset)?.items ?? []).map(({ label }) => label);
}

describe('hover', () => {
  test('says what the option is, where it is declared, and which machines set it', () => {
    expect(shown('{ custom.web.po|rt = 8080; }')).toMatchInlineSnapshot(`
      "**custom.web.port** · option of the fleet

      The port that it listens on.

      - Type: a whole number from 0 to 65535
      - Default: \`80\`
      - Declared in \`modules/web.nix:8\`
      - \`8080\` (\`hosts/server.nix:1\`) on server"
    `);
    expect(shown('{ config, ... }: { x = config.custom.web.lev|el; }')).toMatchInlineSnapshot(`
      "**custom.web.level** · option of the fleet

      - Type: one of "quiet", "verbose"
      - Default: \`"quiet"\`
      - Declared in \`modules/web.nix:13\`
      - No machine sets it"
    `);
  });

  test('is there where the option is declared, read through a name, or inside of a submodule', () => {
    const { snapshot } = at('{ }|');
    const text = FLEET[WEB];
    const inModule = (before: string) =>
      hover(snapshot, WEB, text.indexOf(before) + before.length)?.markdown.split('\n')[0];
    expect(inModule('    ena')).toBe('**custom.web.enable** · option of the fleet');
    expect(inModule('[ cfg.po')).toBe('**custom.web.port** · option of the fleet');
    expect(inModule('options.ro')).toBe('**custom.web.sites.\\*.root** · option of the fleet');
    expect(shown('{ custom.web.sites.a.ro|ot = "/"; }')).toMatch(/^\*\*custom\.web\.sites\.\\\*\.root\*\*/);
    expect(shown('{ custom.we|b.port = 1; }')).toBeNull();
    expect(shown('{ services.x.po|rt = 1; }')).toBeNull();
  });
});

test('definition leads to the declaration', () => {
  const { snapshot, offset } = at('{ custom.web.po|rt = 8080; }');
  const found = definition(snapshot, HOST, offset);
  expect(found?.targets.map(({ file, start }) => [file, FLEET[WEB].slice(start, start + 14)])).toEqual([
    [WEB, 'port = lib.mkO'],
  ]);
});

test('references are all definitions and reads, of all machines', () => {
  const { snapshot, offset } = at(
    '{ config, ... }: { custom.web.po|rt = 8080; x = config.custom.web.port; }',
  );
  const places = (declarations: boolean) =>
    references(snapshot, HOST, offset, declarations)?.map(place => textAt(snapshot, place));
  expect(places(false)).toEqual([`${HOST}: port`, `${HOST}: port`, `${WEB}: port`]);
  expect(places(true)).toHaveLength(4);
});

test('an option is not renamed, and a file lists those that it declares', () => {
  const { snapshot, offset } = at('{ custom.web.po|rt = 8080; }');
  expect(prepareRename(snapshot, HOST, offset)).toMatchObject({
    refused: expect.stringContaining('mkRenamedOptionModule'),
  });
  expect(documentSymbols(snapshot, WEB).map(({ name, detail }) => `${name}: ${detail}`)).toEqual([
    'enable: option of the fleet',
    'port: option of the fleet',
    'level: option of the fleet',
    'sites: option of the fleet',
    'root: option of the fleet',
  ]);
});

describe('completion', () => {
  test('of names where options are read', () => {
    expect(offered('{ config, ... }: { x = config.custom.|; }')).toEqual(['web']);
    expect(offered('{ config, ... }: { x = config.custom.web.p|; }')).toEqual([
      'enable',
      'port',
      'level',
      'sites',
    ]);
    expect(offered('{ config, ... }: let cfg = config.custom.web; in { x = cfg.|; }')).toContain('port');
    expect(offered('{ config, ... }: let inherit (config.custom) web; in { x = web.|; }')).toContain('port');
    expect(offered('{ config, ... }: { x = config.custom.web.sites.a.|; }')).toEqual(['root']);
    expect(offered('{ config, ... }: { x = config.services.|; }')).toEqual([]);
  });

  test('of names where they are defined, but those that are there', () => {
    expect(offered('{ custom.|')).toEqual(['web']);
    expect(offered('{ custom.web = { port = 1; | }; }')).toEqual(['enable', 'level', 'sites']);
    expect(offered('{ config.custom.web.sites.a = { | }; }')).toEqual(['root']);
    expect(offered('{ services.web = { | }; }')).toEqual([]);
  });

  test('of values that can be chosen from', () => {
    expect(offered('{ custom.web.level = | }')).toEqual(['quiet', 'verbose']);
    expect(offered('{ custom.web.level = "q|" }')).toEqual(['quiet', 'verbose']);
    expect(offered('{ custom.web.enable = | }')).toEqual(['true', 'false']);
    expect(offered('{ custom.web.port = | }')).toEqual([]);
  });

  test('is not of the machine in modules of home-manager', () => {
    const { snapshot } = at('{ home-manager.users.ann = ../home.nix; }|', { 'home.nix': '{ custom. }' });
    expect(completion(snapshot, 'home.nix', 9)?.items ?? []).toEqual([]);
  });
});
