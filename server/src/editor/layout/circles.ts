/** Finds cycles in a directed graph of names. Knows nothing of what is named. */

import { addToList } from '../../std.ts';

/**
 * Returns the names that transitively depend on themselves, each with the number of its cycle (Tarjan's
 * strongly connected components, without recursion).
 */
export function circleOf(
  names: readonly string[],
  edges: readonly { readonly from: string; readonly to: string }[],
): ReadonlyMap<string, number> {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) addToList(next, from, to);
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const circles = new Map<string, number>();
  for (const root of names) {
    if (order.has(root)) continue;
    const work: { readonly name: string; at: number }[] = [{ name: root, at: 0 }];
    for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
      const { name } = frame;
      if (frame.at === 0) {
        order.set(name, order.size);
        low.set(name, order.get(name) as number);
        stack.push(name);
        onStack.add(name);
      }
      const other = next.get(name)?.[frame.at++];
      if (other !== undefined) {
        if (!order.has(other)) work.push({ name: other, at: 0 });
        else if (onStack.has(other)) lower(low, name, order.get(other) as number);
        continue;
      }
      work.pop();
      const above = work.at(-1);
      if (above) lower(low, above.name, low.get(name) as number);
      if (low.get(name) !== order.get(name)) continue;
      const members = stack.splice(stack.indexOf(name));
      for (const member of members) onStack.delete(member);
      const isCircle = members.length > 1 || next.get(name)?.includes(name) === true;
      if (isCircle) for (const member of members) circles.set(member, order.get(name) as number);
    }
  }
  return circles;
}

function lower(low: Map<string, number>, name: string, to: number): void {
  low.set(name, Math.min(low.get(name) as number, to));
}
