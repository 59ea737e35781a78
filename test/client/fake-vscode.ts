/**
 * The part of the `vscode` module the extension's own files use, remembering what was shown. It does not imitate the
 * editor: how things look and behave there is tested inside a real one.
 */

import { vi } from 'vitest';
import type { LogOutputChannel } from 'vscode';

export const LanguageStatusSeverity = { Information: 0, Warning: 1, Error: 2 };
export const ViewColumn = { Active: -1, Beside: -2, One: 1 };
export const ProgressLocation = { SourceControl: 1, Window: 10, Notification: 15 };

export const statusItem = {
  name: '',
  text: '',
  detail: '',
  severity: -1,
  busy: false,
  command: undefined as { title: string; command: string } | undefined,
  dispose: vi.fn(),
};

export const languages = {
  createLanguageStatusItem: vi.fn(() => statusItem),
  setTextDocumentLanguage: vi.fn(),
  getDiagnostics: vi.fn((_uri: unknown): readonly { readonly source: string }[] => []),
  /** Those who are told of findings. */
  listeners: new Set<(event: { readonly uris: readonly unknown[] }) => unknown>(),
  onDidChangeDiagnostics: (listener: (event: { readonly uris: readonly unknown[] }) => unknown) => {
    languages.listeners.add(listener);
    return { dispose: () => languages.listeners.delete(listener) };
  },
};

const registered = new Map<string, (...given: unknown[]) => unknown>();

export const commands = {
  registerCommand: vi.fn((id: string, run: (...given: unknown[]) => unknown) => {
    registered.set(id, run);
    return { dispose: () => registered.delete(id) };
  }),
  executeCommand: vi.fn(async (id: string, ...given: unknown[]) => registered.get(id)?.(...given)),
  getCommands: vi.fn(async (_own: boolean) => [...registered.keys()]),
};

interface FakeView {
  readonly options: {
    readonly treeDataProvider: {
      getChildren(node?: unknown): Promise<unknown[]>;
      getParent(node: unknown): unknown;
    };
  };
  readonly reveal: ReturnType<typeof vi.fn>;
  badge?: unknown;
  message?: string;
  dispose(): void;
}

export const views = new Map<string, FakeView>();

interface FakeEditor {
  readonly document: { readonly uri: object };
  readonly selection: { readonly active: { readonly line: number; readonly character: number } };
}

export interface FakePanel {
  title: string;
  readonly options: unknown;
  readonly webview: { html: string };
  iconPath?: { readonly light: unknown; readonly dark: unknown };
  readonly visible: boolean;
  /** What the page was told. */
  readonly told: { readonly type: string }[];
  /** The page says something, and what that leads to is waited for. */
  say(message: object): Promise<void>;
  /** Another tab is active now. */
  losesFocus(): void;
  close(): void;
}

/** The tabs that were opened. */
export const panels: FakePanel[] = [];

/** What is typed into boxes; null dismisses one. Each box that was shown is kept. */
export const typed: (string | null)[] = [];
export const boxes: { title: string; prompt: string; password: boolean; begunWith: string }[] = [];

/** What is called when the person cancels. */
export const cancelling = vi.fn((_cancel: () => void) => ({ dispose: vi.fn() }));

function inputBox() {
  let accept = () => {};
  let hide = () => {};
  const box = {
    ...{ title: '', prompt: '', password: false, value: '', begunWith: '' },
    onDidChangeValue: vi.fn(),
    onDidTriggerButton: vi.fn(),
    onDidAccept: (heard: () => void) => {
      accept = heard;
    },
    onDidHide: (heard: () => void) => {
      hide = heard;
    },
    dispose: vi.fn(),
    show() {
      box.begunWith = box.value;
      boxes.push(box);
      const text = typed.shift() ?? null;
      if (text !== null) box.value = text;
      queueMicrotask(text === null ? hide : accept);
    },
  };
  return box;
}

export function fakePanel(title: string, options: unknown) {
  const messages = new EventEmitter<object>();
  const states = new EventEmitter<unknown>();
  const ends = new EventEmitter<void>();
  const led: unknown[] = [];
  const panel = {
    ...{ title, options, visible: true, told: [] as { readonly type: string }[] },
    webview: {
      ...{ html: '', cspSource: 'https://page.invalid' },
      asWebviewUri: (uri: unknown) => uri,
      onDidReceiveMessage: (heard: (message: object) => unknown) =>
        messages.event(message => led.push(heard(message))),
      postMessage: async (message: { readonly type: string }) => panel.told.push(message),
    },
    onDidChangeViewState: states.event,
    onDidDispose: ends.event,
    reveal: vi.fn(),
    dispose: () => ends.fire(),
    async say(message: object) {
      messages.fire(message);
      await Promise.all(led.splice(0));
    },
    losesFocus: () => states.fire({ webviewPanel: panel }),
    close: () => ends.fire(),
  };
  return panel;
}

interface Serializer {
  deserializeWebviewPanel(panel: unknown, state: unknown): Promise<void>;
}

/** What fills the tabs of a window that is opened anew, by the kind of tab. */
export const serializers = new Map<string, Serializer>();

export const QuickPickItemKind = { Separator: -1, Default: 0 };

export const window = {
  activeTextEditor: undefined as FakeEditor | undefined,
  createTreeView: vi.fn((id: string, options: FakeView['options']) => {
    const view = { options, reveal: vi.fn(), dispose: vi.fn() };
    views.set(id, view);
    return view;
  }),
  showOpenDialog: vi.fn(async (_options: unknown): Promise<readonly unknown[] | undefined> => undefined),
  showInformationMessage: vi.fn(
    async (_message: string, ..._buttons: string[]): Promise<string | undefined> => undefined,
  ),
  showErrorMessage: vi.fn(
    async (_message: string, ..._buttons: string[]): Promise<string | undefined> => undefined,
  ),
  setStatusBarMessage: vi.fn(),
  terminals: [] as { readonly name: string; show(): void }[],
  tabGroups: {
    all: [] as { readonly tabs: readonly unknown[] }[],
    close: vi.fn(async (_tabs: readonly unknown[], _keepsFocus: boolean) => true),
  },
  showTextDocument: vi.fn(),
  showWarningMessage: vi.fn(
    async (_message: string, ..._buttons: string[]): Promise<string | undefined> => undefined,
  ),
  /** Answered by what `marked` holds, Enter after Enter. */
  createQuickPick: vi.fn(() => quickPick()),
  /** Answered by what `typed` holds, box after box. */
  createInputBox: vi.fn(() => inputBox()),
  createWebviewPanel: vi.fn((_id: string, title: string, _column: unknown, options: unknown) => {
    const panel = fakePanel(title, options);
    panels.push(panel);
    return panel;
  }),
  registerWebviewPanelSerializer: vi.fn((id: string, serializer: unknown) => {
    serializers.set(id, serializer as Serializer);
    return { dispose: () => serializers.delete(id) };
  }),
  showQuickPick: vi.fn(async (_items: readonly unknown[], _options: unknown): Promise<unknown> => undefined),
  showInputBox: vi.fn(async (_options: unknown): Promise<string | undefined> => undefined),
  withProgress: vi.fn(
    async (_options: unknown, task: (progress: unknown, token: unknown) => Promise<unknown>) =>
      task({ report: vi.fn() }, { isCancellationRequested: false, onCancellationRequested: cancelling }),
  ),
};

interface FakePick {
  title: string;
  items: readonly { readonly picked?: boolean }[];
  selectedItems: readonly { readonly picked?: boolean }[];
}

/** What is marked before each Enter in a list of several; where nothing is left, the list is closed. */
export const marked: ((box: FakePick) => FakePick['items'])[] = [];

function quickPick() {
  let accept = () => {};
  let hide = () => {};
  const box = {
    ...{ title: '', items: [] as FakePick['items'], selectedItems: [] as FakePick['items'] },
    onDidAccept: (listener: () => void) => {
      accept = listener;
    },
    onDidHide: (listener: () => void) => {
      hide = listener;
    },
    onDidChangeSelection: () => {},
    dispose: () => marked.splice(0),
    async show() {
      for (let next = marked.shift(); next !== undefined; next = marked.shift()) {
        box.selectedItems = next(box);
        accept();
      }
      hide();
    },
  };
  return box;
}

/** What somebody has set, by full name; the fake knows no other value. */
export const set: Record<
  string,
  { globalValue?: unknown; workspaceValue?: unknown; workspaceFolderValue?: unknown }
> = {};

interface ContentProvider {
  provideTextDocumentContent(uri: unknown): Promise<string>;
}

/** By scheme. */
export const contentProviders = new Map<string, ContentProvider>();

export class EventEmitter<T> {
  private readonly listeners = new Set<(event: T) => void>();
  readonly event = (listener: (event: T) => void) => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(event: T): void {
    for (const listener of this.listeners) listener(event);
  }
  dispose(): void {
    this.listeners.clear();
  }
}

/** What happens in the editor: what a test fires reaches whoever listens. */
export const happening = {
  saved: new EventEmitter<{ fileName: string }>(),
  typed: new EventEmitter<{ document: { uri: { scheme: string } } }>(),
  configured: new EventEmitter<{ affectsConfiguration: (name: string) => boolean }>(),
};

export const workspace = {
  isTrusted: true,
  onDidSaveTextDocument: happening.saved.event,
  onDidChangeTextDocument: happening.typed.event,
  onDidChangeConfiguration: happening.configured.event,
  workspaceFolders: undefined as readonly unknown[] | undefined,
  fs: {
    stat: vi.fn(async (_uri: unknown): Promise<unknown> => undefined),
    copy: vi.fn(async (_from: unknown, _to: unknown) => undefined),
    readFile: vi.fn(async (_uri: unknown): Promise<Uint8Array> => new Uint8Array()),
  },
  saveAll: vi.fn(async (_untitled: boolean) => true),
  textDocuments: [] as { uri: unknown; languageId: string; getText: () => string; isDirty?: boolean }[],
  findFiles: vi.fn(async (..._given: unknown[]): Promise<unknown[]> => []),
  registerTextDocumentContentProvider: vi.fn((scheme: string, provider: ContentProvider) => {
    contentProviders.set(scheme, provider);
    return { dispose: () => contentProviders.delete(scheme) };
  }),
  openTextDocument: vi.fn(async (uri: { scheme: string }) => {
    const text = await contentProviders.get(uri.scheme)?.provideTextDocumentContent(uri);
    return { uri, languageId: 'plaintext', getText: () => text ?? '' };
  }),
  getConfiguration: vi.fn((section: string, _scope?: unknown) => ({
    inspect: (name: string) => ({ defaultValue: 'default', ...set[`${section}.${name}`] }),
    get: (name: string) => {
      const found = set[`${section}.${name}`];
      return found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue ?? 'default';
    },
  })),
};

export class CancellationTokenSource {
  readonly token = { isCancellationRequested: false };
  cancel(): void {
    this.token.isCancellationRequested = true;
  }
  dispose(): void {}
}

export class Disposable {
  constructor(readonly dispose: () => void) {}
  static from(...all: readonly { dispose(): void }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of all) disposable.dispose();
    });
  }
}

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };

export class ThemeColor {
  constructor(readonly id: string) {}
}

export class ThemeIcon {
  constructor(
    readonly id: string,
    readonly color?: ThemeColor,
  ) {}
}

export class TreeItem {
  constructor(
    readonly label: string,
    readonly collapsibleState: number,
  ) {}
}

export class TabInputText {
  constructor(readonly uri: unknown) {}
}

export class Selection {
  constructor(
    readonly anchor: unknown,
    readonly active: unknown,
  ) {}
}

/** Texts by what they are in the code; a test may fill the bundle. Holes without a value stay, as in the editor. */
export const l10n = {
  bundle: undefined as Record<string, string> | undefined,
  t: (text: string, ...given: readonly unknown[]) =>
    (l10n.bundle?.[text] ?? text).replace(/\{(\d+)\}/g, (hole, at: string) =>
      String(given[Number(at)] ?? hole),
    ),
};

export const Uri = {
  from: <Parts extends object>(parts: Parts) => parts,
  parse: (text: string) => {
    const [, scheme = '', path = ''] = /^(\w+):\/\/(.*)$/.exec(text) ?? [];
    const decoded = decodeURIComponent(path);
    return Object.assign(new String(text), { scheme, path: decoded, fsPath: decoded });
  },
  file: (path: string) => `file://${path}`,
  joinPath: (base: object, ...parts: readonly string[]) => Uri.parse([String(base), ...parts].join('/')),
};

export const extensions = {
  getExtension: (id: string) => ({ id, extensionUri: Uri.parse('file:///extension') }),
};

export const TaskScope = { Global: 1, Workspace: 2 };
export const TaskRevealKind = { Always: 1 };
export const TaskPanelKind = { Dedicated: 2 };

export class ProcessExecution {
  constructor(
    readonly process: string,
    readonly args: readonly string[],
    readonly options: unknown,
  ) {}
}

export class Task {
  presentationOptions = {};

  constructor(
    readonly definition: unknown,
    readonly scope: unknown,
    readonly name: string,
    readonly source: string,
    readonly execution: ProcessExecution,
    readonly matchers?: string,
  ) {}
}

export const TaskGroup = { Test: 'test' };
/** A task has ended. */
export const endedTasks = new EventEmitter<unknown>();
export const tasks = {
  taskExecutions: [] as { readonly task: unknown }[],
  onDidEndTaskProcess: endedTasks.event,
  executeTask: vi.fn(async (_task: Task): Promise<object | undefined> => undefined),
  registerTaskProvider: vi.fn((_type: string, _provider: unknown) => ({ dispose: vi.fn() })),
};
export const env = {
  language: 'en',
  clipboard: {
    writeText: vi.fn(async (_text: string) => undefined),
    readText: vi.fn(async () => ''),
  },
  openExternal: vi.fn(async (_uri: unknown) => true),
};

export class Position extends Array<number> {
  constructor(...ends: number[]) {
    super(...ends);
  }
}

export class Range extends Array<unknown> {
  constructor(...ends: unknown[]) {
    super(...ends);
  }
}

/** A log that keeps nothing. */
export function fakeLog(): LogOutputChannel {
  return { show: vi.fn(), error: vi.fn(), warn: vi.fn(), info: vi.fn() } as unknown as LogOutputChannel;
}
