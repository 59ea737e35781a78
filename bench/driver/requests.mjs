/** The kinds of request that are timed, and what is asked in each. */
import { endOf } from './document.mjs';
import { statistics } from './statistics.mjs';

/** Capability, method, parameters beyond the document; `at` is the queried position. */
const KINDS = {
  hover: ['hoverProvider', 'textDocument/hover', at => ({ position: at })],
  completion: [
    'completionProvider',
    'textDocument/completion',
    at => ({ position: at, context: { triggerKind: 1 } }),
  ],
  definition: ['definitionProvider', 'textDocument/definition', at => ({ position: at })],
  references: [
    'referencesProvider',
    'textDocument/references',
    at => ({ position: at, context: { includeDeclaration: true } }),
  ],
  typeDefinition: ['typeDefinitionProvider', 'textDocument/typeDefinition', at => ({ position: at })],
  documentHighlight: [
    'documentHighlightProvider',
    'textDocument/documentHighlight',
    at => ({ position: at }),
  ],
  rename: ['renameProvider', 'textDocument/rename', at => ({ position: at, newName: 'renamed-by-bench' })],
  prepareCalls: ['callHierarchyProvider', 'textDocument/prepareCallHierarchy', at => ({ position: at })],
  workspaceSymbol: ['workspaceSymbolProvider', 'workspace/symbol', () => ({ query: 'key' })],
  documentSymbol: ['documentSymbolProvider', 'textDocument/documentSymbol', () => ({})],
  codeAction: [
    'codeActionProvider',
    'textDocument/codeAction',
    at => ({ range: { start: at, end: at }, context: { diagnostics: [] } }),
  ],
  semanticTokens: ['semanticTokensProvider', 'textDocument/semanticTokens/full', () => ({})],
  foldingRange: ['foldingRangeProvider', 'textDocument/foldingRange', () => ({})],
  documentLink: ['documentLinkProvider', 'textDocument/documentLink', () => ({})],
  selectionRange: ['selectionRangeProvider', 'textDocument/selectionRange', at => ({ positions: [at] })],
  inlayHint: [
    'inlayHintProvider',
    'textDocument/inlayHint',
    (_, document) => ({ range: { start: { line: 0, character: 0 }, end: endOf(document) } }),
  ],
  codeLens: ['codeLensProvider', 'textDocument/codeLens', () => ({})],
};

/** Twenty places spread over the document, each on a word where its line has one. */
function spread(document) {
  return Array.from({ length: 20 }, (_, i) => {
    const line = Math.floor(((i + 0.5) * document.lines.length) / 20);
    const word = /[A-Za-z_][\w-]*/.exec(document.lines[line] ?? '');
    return { line, character: word ? word.index + Math.min(1, word[0].length) : 0 };
  });
}

function isEmpty(result) {
  if (result == null) return true;
  return [result, result.items, result.data].some(part => Array.isArray(part) && part.length === 0);
}

/** Times `options.reps` requests of each kind the server offers; kind → statistics, `empty`, `failed`. */
export async function timeRequests(server, capabilities, document, options) {
  const places = options.queries.length > 0 ? options.queries : spread(document);
  const timed = {};
  for (const [name, [capability, method, parameters]] of Object.entries(KINDS)) {
    const offer = name === 'semanticTokens' ? capabilities[capability]?.full : capabilities[capability];
    const wanted = options.methods === undefined || options.methods.includes(name);
    if (!wanted || !(offer || server.registered.has(method))) continue;
    const times = [];
    let empty = 0;
    let failed = 0;
    for (let i = 0; i < options.reps && failed < 3; i++) {
      const position = places[i % places.length];
      try {
        const asked = { textDocument: { uri: document.uri }, ...parameters(position, document) };
        const { result, milliseconds } = await server.request(method, asked);
        times.push(milliseconds);
        if (isEmpty(result)) empty++;
      } catch (error) {
        if (server.ended() !== null) throw error;
        failed++;
      }
    }
    timed[name] = { ...statistics(times), empty, failed };
  }
  return timed;
}
