// Run by bundle.test.ts in a process of its own: loads a bundled extension as the extension host does, with `vscode`
// replaced by an object that records which of its parts are touched, and prints what happened until activate returned.

const Module = require('node:module');

const touched = new Set();
const registered = [];

/** Callable, constructible, accepts any assignment, and every part of it is another such thing. */
function anything() {
  return new Proxy(class {}, {
    get: (target, name) => (name === 'prototype' ? target.prototype : anything()),
    set: () => true,
    apply: () => anything(),
  });
}

const vscode = new Proxy(
  {},
  {
    get(_target, name) {
      if (name === '__esModule') return true;
      touched.add(name);
      return name === 'commands' ? { registerCommand: id => registered.push(id) } : anything();
    },
  },
);

const load = Module._load;
Module._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));

const begin = performance.now();
const extension = require(process.argv[2]);
const loadMilliseconds = performance.now() - begin;
const exported = extension.activate({ subscriptions: [], asAbsolutePath: path => path });
console.log(JSON.stringify({ touched: [...touched].sort(), registered, exported, loadMilliseconds }));
process.exit(0);
