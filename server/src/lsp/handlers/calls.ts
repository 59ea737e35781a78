/** Answers `textDocument/prepareCallHierarchy` and its two directions with the dependency graph of the generators. */
import {
  type CallHierarchyIncomingCall,
  type CallHierarchyItem,
  type CallHierarchyOutgoingCall,
  type CallHierarchyPrepareParams,
  type CancellationToken,
  SymbolKind,
} from 'vscode-languageserver';
import {
  type Call,
  type Caller,
  callerAt,
  dependenciesFrom,
  dependentsOf,
} from '../../editor/graph/calls.ts';
import type { Analysis, FileState } from '../analysis.ts';
import { locationOf, rangeOf } from '../to-protocol.ts';
import { locatedIn, pointAt } from './requested-position.ts';

export async function onPrepareCalls(
  analysis: Analysis,
  params: CallHierarchyPrepareParams,
  token: CancellationToken,
): Promise<CallHierarchyItem[] | null> {
  const point = await pointAt(analysis, params, token);
  const caller = point && callerAt(point.snapshot, point.path, point.offset);
  const item = caller && itemOf(point, caller);
  return item ? [item] : null;
}

export async function onIncomingCalls(
  analysis: Analysis,
  item: CallHierarchyItem,
  token: CancellationToken,
): Promise<CallHierarchyIncomingCall[] | null> {
  const located = await locatedIn(analysis, item.uri, token);
  if (!located) return null;
  return dependentsOf(located.snapshot, item.name).flatMap(call => {
    const from = itemOf(located, call.other);
    return from ? [{ from, fromRanges: rangesOf(located, call, call.other.at.file) }] : [];
  });
}

export async function onOutgoingCalls(
  analysis: Analysis,
  item: CallHierarchyItem,
  token: CancellationToken,
): Promise<CallHierarchyOutgoingCall[] | null> {
  const located = await locatedIn(analysis, item.uri, token);
  if (!located) return null;
  return dependenciesFrom(located.snapshot, item.name).flatMap(call => {
    const to = itemOf(located, call.other);
    return to ? [{ to, fromRanges: rangesOf(located, call, located.path) }] : [];
  });
}

function itemOf({ border }: FileState, { name, detail, at }: Caller): CallHierarchyItem | null {
  const location = locationOf(border, at);
  if (!location) return null;
  const { uri, range } = location;
  const item = { name, kind: SymbolKind.Class, uri, range, selectionRange: range };
  return detail === '' ? item : { ...item, detail };
}

/**
 * Returns the ranges of a dependency in the caller's file, as the protocol requires. A dependency that a helper
 * writes in another file has none.
 */
function rangesOf({ snapshot }: FileState, { places }: Call, file: string) {
  return places
    .filter(place => place.file === file)
    .map(place => rangeOf(snapshot.files, place))
    .filter(range => range !== null);
}
