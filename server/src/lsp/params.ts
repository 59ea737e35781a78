/** Schemas of message parameters, as far as handlers rely on them; other properties are not validated. */
import * as v from 'valibot';
import {
  ASK_NIX,
  AT,
  CHECK_NAME,
  DOCTOR,
  ENVIRONMENT,
  FILE_KEYS,
  FLEET,
  GRAPH,
  KEY,
  MACHINE,
  MACHINE_SECRETS,
  PLACE,
  RULE_PAGE,
  SCAFFOLD,
  SCAFFOLD_CHOICES,
  SECRET_PROPOSALS,
  SECRETS,
} from './messages.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const position = v.object({ line: count, character: count });
const range = v.object({ start: position, end: position });
const text = v.nullish(v.string());
const texts = v.nullish(v.array(v.string()));

const textDocument = v.object({ uri: v.string() });
const whole = v.object({ textDocument });
const at = v.object({ textDocument, position });
const within = v.object({ textDocument, range });
const item = v.object({ item: v.object({ uri: v.string(), name: v.string() }) });
const data = v.nullish(v.object({ root: v.string() }));

const folders = v.array(v.object({ uri: v.string() }));

const root = v.object({ root: v.string() });
const filter = v.object({ text: v.string() });
const near = v.object({ near: text, machine: text });

const PARAMETERS: ReadonlyMap<string, v.GenericSchema> = new Map<string, v.GenericSchema>([
  [
    'initialize',
    v.object({
      capabilities: v.looseObject({}),
      rootUri: text,
      rootPath: text,
      workspaceFolders: v.nullish(folders),
    }),
  ],
  ['textDocument/hover', at],
  ['textDocument/definition', at],
  ['textDocument/typeDefinition', at],
  ['textDocument/references', at],
  ['textDocument/documentHighlight', at],
  ['textDocument/completion', at],
  ['textDocument/prepareRename', at],
  ['textDocument/rename', v.object({ ...at.entries, newName: v.string() })],
  ['textDocument/prepareCallHierarchy', at],
  ['textDocument/documentSymbol', whole],
  ['textDocument/documentLink', whole],
  ['textDocument/codeLens', whole],
  ['textDocument/foldingRange', whole],
  ['textDocument/semanticTokens/full', whole],
  ['textDocument/diagnostic', whole],
  ['textDocument/inlayHint', within],
  ['textDocument/selectionRange', v.object({ textDocument, positions: v.array(position) })],
  [
    'textDocument/codeAction',
    v.object({
      ...within.entries,
      context: v.object({ diagnostics: v.array(v.object({ range })), only: texts }),
    }),
  ],
  [
    'codeAction/resolve',
    v.object({
      title: v.string(),
      data: v.nullish(
        v.object({ textDocument, range, only: v.nullish(v.array(v.string())), index: v.number() }),
      ),
    }),
  ],
  ['completionItem/resolve', v.object({ label: v.string(), data })],
  ['codeLens/resolve', v.object({ range, data })],
  ['callHierarchy/incomingCalls', item],
  ['callHierarchy/outgoingCalls', item],
  ['workspace/symbol', v.object({ query: v.string() })],
  ['workspace/executeCommand', v.object({ command: v.string(), arguments: v.nullish(v.array(v.unknown())) })],
  [
    'workspace/diagnostic',
    v.object({ previousResultIds: v.array(v.object({ uri: v.string(), value: v.string() })) }),
  ],
  ['textDocument/didOpen', v.object({ textDocument: v.object({ uri: v.string(), text: v.string() }) })],
  [
    'textDocument/didChange',
    v.object({ textDocument, contentChanges: v.array(v.object({ text: v.string() })) }),
  ],
  ['textDocument/didClose', whole],
  ['textDocument/didSave', whole],
  ['workspace/didChangeWatchedFiles', v.object({ changes: v.array(v.object({ uri: v.string() })) })],
  [
    'workspace/didRenameFiles',
    v.object({ files: v.array(v.object({ oldUri: v.string(), newUri: v.string() })) }),
  ],
  [
    'workspace/didChangeWorkspaceFolders',
    v.object({ event: v.object({ added: folders, removed: folders }) }),
  ],
  [ASK_NIX, v.object({ trusted: v.boolean() })],
  [AT, v.object({ uri: v.string(), position })],
  [CHECK_NAME, v.object({ ...root.entries, of: v.string(), name: v.string(), registry: text })],
  [DOCTOR, v.object({ trusted: v.boolean() })],
  [ENVIRONMENT, v.object({ ...near.entries, shell: v.picklist(['bash', 'nushell']) })],
  [FILE_KEYS, v.object({ ...root.entries, path: v.string() })],
  [FLEET, v.object({ filter })],
  [
    GRAPH,
    v.object({
      ...near.entries,
      generator: text,
      open: texts,
      format: v.picklist(['picture', 'svg', 'dot', 'mermaid']),
    }),
  ],
  [KEY, v.object({ ...root.entries, registry: v.string(), key: v.string() })],
  [MACHINE, v.object({ ...root.entries, machine: text, filter })],
  [MACHINE_SECRETS, v.object({ ...root.entries, machine: text, filter })],
  [PLACE, v.object({ ...root.entries, generator: v.string() })],
  [RULE_PAGE, v.object({ page: v.string() })],
  [SCAFFOLD, v.object({ ...root.entries, wish: v.looseObject({ what: v.string() }) })],
  [SCAFFOLD_CHOICES, root],
  [SECRET_PROPOSALS, v.object({ ...root.entries, name: v.string(), registry: v.string() })],
  [SECRETS, v.object({ filter })],
]);

/** Returns the problem with a message's parameters, such as `position.line: …`, or `null` if they are valid. */
export function parameterProblem(method: string, params: unknown): string | null {
  const schema = PARAMETERS.get(method);
  if (schema === undefined) return null;
  const { issues } = v.safeParse(schema, params, { abortEarly: true });
  if (issues === undefined) return null;
  const path = v.getDotPath(issues[0]);
  // The value itself is left out, as it is the client's text and may be long.
  const wanted = `expected ${issues[0].expected ?? 'something else'}`;
  return path === null ? wanted : `${path}: ${wanted}`;
}
