/** Messages and frames that mean nothing. */

/** Messages that are well framed and mean nothing: the server goes on. */
export const MEANINGLESS: Readonly<Record<string, string>> = {
  null: 'null',
  'a number': '5',
  'a string': '"x"',
  'an empty object': '{}',
  'a list of messages': '[{"jsonrpc":"2.0","id":9,"method":"x"}]',
  'an object for an id': '{"jsonrpc":"2.0","id":{"a":1},"method":"textDocument/hover","params":{}}',
  'a number for a method': '{"jsonrpc":"2.0","id":"a","method":5}',
  'an answer to nothing': '{"jsonrpc":"2.0","id":12345,"result":1}',
  __proto__: '{"__proto__":{"x":1},"jsonrpc":"2.0","id":"b","method":"__proto__","params":{"__proto__":{}}}',
  'a deep list': `{"jsonrpc":"2.0","id":"c","method":"textDocument/hover","params":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
  'a long method': JSON.stringify({ jsonrpc: '2.0', id: 'd', method: 'x'.repeat(1e6) }),
  'text that is cut off': '{"jsonrpc":',
  'a cancellation of nothing': '{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":{}}}',
};

/** Bytes that are no frames: the server may end, but not with a crash of its own. */
export const BROKEN: Readonly<Record<string, string>> = {
  'no length': 'X: 1\r\n\r\n{}',
  'a negative length': 'Content-Length: -5\r\n\r\n{}',
  'no number for a length': 'Content-Length: abc\r\n\r\n{}',
  'ten gigabytes': 'Content-Length: 10000000000\r\n\r\n{',
  'another charset':
    'Content-Length: 2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-16\r\n\r\n{}',
  'a long header': `${'A'.repeat(1e6)}: x\r\nContent-Length: 2\r\n\r\n{}`,
  NULs: '\0'.repeat(1000),
};
