/**
 * A language server of a few lines for the driver's tests. A line "bad" in a document is one finding there, and a line
 * "export bad" one finding in every other open document. After each change it first repeats, for all documents, what it said
 * before, as a server may. With the argument `pull` it pushes nothing and answers what it is asked.
 */
const pull = process.argv.includes('pull');
const documents = new Map();
let buffer = Buffer.alloc(0);

function send(message) {
  const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
  process.stdout.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
}

function findings(uri) {
  const lines = [...documents].flatMap(([owner, { text }]) =>
    text.split('\n').filter(line => line === (owner === uri ? 'bad' : 'export bad')),
  );
  const start = { line: 0, character: 0 };
  return lines.map(message => ({ range: { start, end: start }, message }));
}

function publish() {
  if (pull) return;
  for (const stage of ['before', 'after']) {
    for (const [uri, document] of documents) {
      if (stage === 'after') document.said = findings(uri);
      const { version, said } = document;
      send({ method: 'textDocument/publishDiagnostics', params: { uri, version, diagnostics: said } });
    }
  }
}

function on({ id, method, params }) {
  const answer = result => send({ id, result });
  const capabilities = {
    textDocumentSync: 1,
    hoverProvider: true,
    ...(pull ? { diagnosticProvider: {} } : {}),
  };
  if (method === 'initialize') answer({ capabilities });
  else if (method === 'shutdown') answer(null);
  else if (method === 'exit') process.exit(0);
  else if (method === 'textDocument/hover') answer(null);
  else if (method === 'textDocument/diagnostic') answer({ items: findings(params.textDocument.uri) });
  else if (method === 'textDocument/didOpen') {
    const { uri, version, text } = params.textDocument;
    documents.set(uri, { version, text, said: [] });
    publish();
  } else if (method === 'textDocument/didChange') {
    const { uri, version } = params.textDocument;
    documents.set(uri, { ...documents.get(uri), version, text: params.contentChanges[0].text });
    if (params.contentChanges[0].text.includes('crash')) process.exit(3);
    publish();
  }
}

process.stdin.on('data', chunk => {
  buffer = Buffer.concat([buffer, chunk]);
  for (;;) {
    const head = buffer.indexOf('\r\n\r\n');
    if (head < 0) return;
    const end = head + 4 + Number(/\d+/.exec(buffer.subarray(0, head).toString())[0]);
    if (buffer.length < end) return;
    const message = JSON.parse(buffer.subarray(head + 4, end).toString());
    buffer = buffer.subarray(end);
    on(message);
  }
});
