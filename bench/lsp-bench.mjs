#!/usr/bin/env node
/**
 * Drives any stdio language server and reports latency (p50/p95/max) and memory. No dependencies.
 *
 *   node bench/lsp-bench.mjs [options] -- SERVER-COMMAND [ARGS...]
 *
 *   --root DIR            workspace root announced to the server (default: folder of the first file)
 *   --cwd DIR             the server's working directory (default: the root, as VS Code does)
 *   --file PATH           document to open; may be repeated; the first is the one edited and queried
 *   --lang ID             languageId (default: from the extension)
 *   --query LINE:CHAR     position for hover/completion/… (0-based; may be repeated; default: 20 spread positions)
 *   --break LINE:CHAR:TXT text inserted on odd edits and removed on even ones (default: "\n " at the end)
 *   --cross-file PATH|URI time edits of the first file until this file's diagnostics
 *   --until-changed       diagnostics that repeat what the document had before do not count as an answer
 *   --open-broken         open the first file with the break already in it, and wait for its findings
 *   --edits N             keystroke edits (default 60)        --reps N   requests per method (default 60)
 *   --gap MS              pause between edits, after the answer came (default 30)
 *   --methods a,b,c       subset of hover,completion,definition,references,typeDefinition,documentHighlight,
 *                         rename,prepareCalls,workspaceSymbol,documentSymbol,codeAction,semanticTokens,
 *                         foldingRange,documentLink,selectionRange,inlayHint,codeLens
 *   --settings JSON|@FILE answer to workspace/configuration (matched by section) and didChangeConfiguration
 *   --init JSON|@FILE     initializationOptions
 *   --pull                pull diagnostics even where push is also offered
 *   --no-pull             hide the pull capability from the server, so that it pushes
 *   --no-workspace-folders  announce no folders and no root
 *   --burst N             after the edits, send N edits without waiting and time the last one's diagnostics
 *   --start-reps N        cold starts to time (default 5)
 *   --open-reps N         fresh processes to time opening the first file in (default 1)
 *   --settle MS           quiet before the first open, the edits and the requests, and after a burst (default 300)
 *   --timeout MS          for one answer (default 15000)
 *   --name TEXT  label    --json  one line for a script    --verbose  the server's standard error
 *
 * Definitions (all wall clock, this process to server and back, one machine):
 *   start       spawn() to the initialize response
 *   open        didOpen sent to the first diagnostics for that URI (push: publishDiagnostics; pull: response)
 *   keystroke   didChange(vN) sent to the first diagnostics that belong to vN. With push, a notification whose
 *               `version` is older than N is ignored; with no version in it, the first to arrive after the
 *               change counts. This includes the server's own debounce: it is what the user waits.
 *   cross-file  didChange(A) sent to the first diagnostics for B that differ from those it had
 *   RSS         VmRSS of the server's process tree after the run; peak = VmHWM summed
 *
 * Choose the break so that odd edits add a finding and even ones remove it: "counts" must show both states, or
 * nothing was timed. On a busy machine trust ratios more than absolutes.
 */
import { measure } from './driver/measure.mjs';
import { parseOptions } from './driver/options.mjs';
import { report } from './driver/report.mjs';

async function main() {
  const options = parseOptions(process.argv.slice(2));
  const result = await measure(options);
  console.log(options.json ? JSON.stringify(result) : report(result));
}

main().catch(error => {
  console.error(`lsp-bench: ${error.message}\n(usage: see the head of bench/lsp-bench.mjs)`);
  process.exitCode = 1;
});
