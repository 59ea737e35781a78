/**
 * Renders the dependency graph as SVG, for the command line, for documents and for the editor, which applies
 * its own colours to the classes. Pure; escapes everything that comes from a repository.
 */

import type { Outdated } from '../../checks/facts/store/states.ts';
import { counted } from '../../checks/facts/wording.ts';
import { addToList } from '../../std.ts';
import {
  lackingIn,
  STATE_WORDS,
  type StoredState,
  shortTallyText,
  stateOfPlacements,
  type Tally,
  tallyOf,
  tallyText,
} from '../../store/vars/tally.ts';
import type { Point } from '../layout/layered.ts';
import { marked } from '../words/unseen.ts';
import type { Graph, GraphNode } from './graph.ts';
import type { GraphGroup, Grouping } from './graph-groups.ts';
import { legendOf } from './graph-legend.ts';
import { markOf, marksBeside } from './graph-marks.ts';
import { type Scene, sceneOf } from './graph-scene.ts';
import { STYLE } from './graph-style.ts';

const HEIGHT = 44;
const MARGIN = 16;
/** Average widths of characters, rounded up, because the reader's fonts are not known. */
const CHARACTER = 7.7;
const SMALL_CHARACTER = 5.6;
/** Includes space for the mark of the state and for one beside it. */
const PADDING = 50;
/** The space of each further mark. */
const MARK = 16;
/** Dimensions of boxes in a list. */
const COMPACT = { height: 24, padding: 36 };

export interface Picture {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

export interface PictureOptions {
  /**
   * `page`: with its own colours, following the reader's light or dark theme; `none`: only classes, and roles
   * for keyboard and screen reader, for a page that provides colours and keys.
   */
  readonly theme?: 'page' | 'none';
  readonly grouping?: Grouping | null;
  /** Ids of the expanded groups, or null for all. */
  readonly open?: ReadonlySet<string> | null;
  /** The aspect ratio of what it is shown in, width to height. */
  readonly aspect?: number;
}

function outdatedWords({ reason, older }: Outdated): string {
  if (reason === 'superseded') return `made from ${older.length === 1 ? 'an ' : ''}older ${older.join(', ')}`;
  return reason === 'interrupted' ? 'left behind by an interrupted run' : STATE_WORDS.outdated;
}

/** Returns the text below the name of a node: `shared · 2 secrets, 1 public`. */
export function detailOf({ origin, share, machines, secrets, publics, service }: GraphNode): string {
  if (origin === 'undeclared') return 'not declared here';
  if (origin === 'flake') return 'of another flake';
  if (origin === 'brought') return service === null ? 'of clan-core' : `of the service ${service}`;
  const where = share === true ? 'shared' : machines.length > 0 ? counted(machines.length, 'machine') : '';
  const files = [
    secrets > 0 ? counted(secrets, 'secret') : '',
    publics > 0 ? `${publics} public` : '',
  ].filter(Boolean);
  return [where, files.join(', ')].filter(Boolean).join(' · ');
}

function groupDetail({ nodes }: GraphGroup): string {
  const errors = nodes.filter(node => node.errors > 0).length;
  return [
    groupText(
      tallyOf(nodes.filter(node => node.origin === 'declared').map(({ state }) => state)),
      nodes.length,
    ),
    errors > 0 ? `${errors} with errors` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Returns the text of a group; only the number of generators if their state is not known. */
function groupText(tally: Tally, all: number): string {
  const isKnown = tally.generators === all && tally.unknown < tally.generators;
  if (isKnown) return tallyText(tally);
  const lacking =
    lackingIn(tally) > 0 ? ` · ${shortTallyText({ ...tally, generators: all, unknown: 0 })}` : '';
  return `${counted(all, 'generator')}${lacking}`;
}

function compact(node: GraphNode): { readonly width: number; readonly height: number } {
  const width = node.id.length * CHARACTER + COMPACT.padding + marksBeside(node).length * MARK;
  return { width: Math.round(width), height: COMPACT.height };
}

/** @param further the number of marks that the padding has no space for */
function sized(
  name: string,
  detail: string,
  further = 0,
): { readonly width: number; readonly height: number } {
  const text = Math.max(name.length * CHARACTER, detail.length * SMALL_CHARACTER);
  const width = text + PADDING + Math.max(0, further) * MARK;
  return { width: Math.round(width), height: HEIGHT };
}

export function pictureOf(graph: Graph, options: PictureOptions = {}): Picture {
  const { theme = 'page', grouping = null, open = null, aspect } = options;
  const scene = sceneOf(graph, {
    ...{ grouping, open },
    ...(aspect === undefined ? {} : { aspect }),
    sizeOf: (node, isCompact) =>
      isCompact ? compact(node) : sized(node.id, detailOf(node), marksBeside(node).length - 1),
    groupSizeOf: group => sized(group.label, groupDetail(group)),
  });
  const isPage = theme === 'page';
  const legend = legendOf(graph, Math.max(320, scene.width));
  const width = Math.max(1, Math.round(Math.max(scene.width, isPage ? legend.width : 0) + 2 * MARGIN));
  const below = isPage && graph.nodes.length > 0 ? legend.height + MARGIN : 0;
  const height = Math.max(1, Math.round(scene.height + 2 * MARGIN + below));
  const write = theme === 'page' ? forReaders : forKeys(graph);
  const parts = [
    ...scene.groups.filter(({ isOpen }) => isOpen).map(group => frameText(group, write)),
    ...(scene.list === null ? [] : [listTitle(scene)]),
    ...scene.lines.map(line => lineText(line, write)),
    ...scene.groups.filter(({ isOpen }) => !isOpen).map(group => foldedText(group, write)),
    ...scene.generators.map(generator => nodeText(generator, write)),
  ];
  const label = `Dependencies of ${counted(graph.nodes.length, 'generator')}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"${isPage ? ` role="img" aria-label="${label}"` : ''}>
${isPage ? `<style>${STYLE}</style>\n<rect class="paper" width="100%" height="100%"/>\n` : ''}<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0.5 8 4 0 7.5z"/></marker></defs>
<g transform="translate(${MARGIN} ${MARGIN})">
${parts.join('\n')}
</g>${below > 0 ? `\n<g transform="translate(${MARGIN} ${Math.round(scene.height) + 2 * MARGIN})">${legend.svg}</g>` : ''}
</svg>
`;
  return { svg, width, height };
}

/** Describes parts of the picture: with a tooltip, or with roles and names for keyboard and screen reader. */
interface Writer {
  /** Returns the attributes of the part, and its first child. */
  generator(node: GraphNode): { readonly attributes: string; readonly first: string };
  group(group: GraphGroup, isOpen: boolean): { readonly attributes: string; readonly first: string };
  line(line: Scene['lines'][number]): { readonly attributes: string; readonly first: string };
}

function wordsOf(node: GraphNode): string[] {
  const words = [
    detailOf(node),
    node.outdated !== null
      ? outdatedWords(node.outdated)
      : node.state === 'unknown'
        ? ''
        : STATE_WORDS[node.state],
    node.errors > 0 ? counted(node.errors, 'error') : '',
    node.machines.slice(0, 12).join(', '),
    node.nix?.sentence ?? '',
  ];
  return words.filter(Boolean);
}

const forReaders: Writer = {
  generator: node => ({ attributes: '', first: title([node.id, ...wordsOf(node)].join('\n')) }),
  group: group => ({ attributes: '', first: title(`${group.label}\n${groupDetail(group)}`) }),
  line: ({ from, to, count }) => ({
    attributes: '',
    first: title(count > 1 ? `${count} dependencies` : `${to} is made from ${from}`),
  }),
};

function forKeys({ edges }: Graph): Writer {
  const sources = new Map<string, string[]>();
  for (const { from, to } of edges) addToList(sources, to, from);
  const named = (label: string, more = '') => ({
    attributes: ` role="button" tabindex="-1" aria-label="${escaped(label)}"${more}`,
    first: '',
  });
  return {
    generator(node) {
      const from = sources.get(node.id) ?? [];
      const made = from.length === 0 ? [] : [`made from ${from.slice(0, 8).join(', ')}`];
      return named([node.id, ...wordsOf(node), ...made].join('; '));
    },
    group: (group, isOpen) =>
      named(`Group ${group.label}; ${groupDetail(group)}`, ` aria-expanded="${isOpen}"`),
    line: () => ({ attributes: ' aria-hidden="true"', first: '' }),
  };
}

function title(text: string): string {
  return `<title>${escaped(text)}</title>`;
}

function lineText(line: Scene['lines'][number], write: Writer): string {
  const { from, to, inCycle, points } = line;
  const { attributes, first } = write.line(line);
  return `<path class="${inCycle ? 'edge cycle' : 'edge'}" data-from="${escaped(from)}" data-to="${escaped(to)}"${attributes} d="${curve(points)}" marker-end="url(#arrow)">${first}</path>`;
}

function listTitle({ list, generators }: Scene): string {
  const count = generators.filter(({ isCompact }) => isCompact).length;
  const words = `${count} without dependencies`;
  return `<text class="list-title" x="${list?.x ?? 0}" y="${round((list?.y ?? 0) - 12)}">${words}</text>`;
}

function nodeText({ node, box, isCompact }: Scene['generators'][number], write: Writer): string {
  const { id, origin, share, state, errors } = node;

  const classes = [
    ...['node', origin, share === true ? 'shared' : 'own', state],
    ...[errors > 0 ? 'error' : '', isCompact ? 'compact' : ''],
  ];
  const { attributes, first } = write.generator(node);
  const middle = isCompact ? COMPACT.height / 2 : 16;
  const beside = marksBeside(node).map((mark, index) => markOf(mark, box.width - 14 - index * MARK, middle));
  const name = `<text x="26" y="${middle + 4}">${escaped(id)}</text>`;
  const detail = isCompact ? '' : `<text class="detail" x="26" y="34">${escaped(detailOf(node))}</text>`;
  return `<g class="${classes.filter(Boolean).join(' ')}" data-id="${escaped(id)}"${attributes} ${placed(box)}>${first}<rect width="${box.width}" height="${box.height}" rx="6"/>${markOf(state, 14, middle)}${beside.join('')}${name} ${detail}</g>`;
}

function foldedText({ group, box }: Scene['groups'][number], write: Writer): string {
  const { attributes, first } = write.group(group, false);
  const mark = markOf(stateOfGroup(group), 14, 16);
  return `<g class="group folded" data-group="${escaped(group.id)}"${attributes} ${placed(box)}>${first}<rect class="behind" x="4" y="4" width="${box.width}" height="${box.height}" rx="6"/><rect width="${box.width}" height="${box.height}" rx="6"/>${mark}<text x="26" y="20">${escaped(group.label)}</text> <text class="detail" x="26" y="34">${escaped(groupDetail(group))}</text></g>`;
}

/** Returns the state of a group from the known states of its nodes; unknown ones do not hide missing ones. */
function stateOfGroup({ nodes }: GraphGroup): StoredState {
  const states = new Set(nodes.map(({ state }) => state).filter(state => state !== 'unknown'));
  return stateOfPlacements([...states]);
}

function frameText({ group, box }: Scene['groups'][number], write: Writer): string {
  const { attributes, first } = write.group(group, true);
  return `<g class="group open" data-group="${escaped(group.id)}"${attributes} ${placed(box)}>${first}<rect width="${round(box.width)}" height="${round(box.height)}" rx="8"/><text x="12" y="20">${escaped(group.label)}</text></g>`;
}

function placed({ x, y }: { readonly x: number; readonly y: number }): string {
  return `transform="translate(${round(x)} ${round(y)})"`;
}

/** Returns a smooth curve through the points, horizontal at each of them. */
function curve(points: readonly Point[]): string {
  const [first, ...others] = points;
  if (first === undefined) return '';
  let text = `M${round(first.x)} ${round(first.y)}`;
  let before = first;
  for (const point of others) {
    if (point.x === before.x && point.y === before.y) continue;
    if (point.y === before.y) {
      text += `H${round(point.x)}`;
      before = point;
      continue;
    }
    const bend = (point.x - before.x) / 2;
    text += `C${round(before.x + bend)} ${round(before.y)} ${round(point.x - bend)} ${round(point.y)} ${round(point.x)} ${round(point.y)}`;
    before = point;
  }
  return text;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Escapes text for XML. Characters that XML does not allow are replaced. */
function escaped(text: string): string {
  // Fast path: nearly all names are plain, and a large graph has ten thousand of them.
  if (/^[\w .:/+-]*$/.test(text)) return text;
  return marked(text)
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
