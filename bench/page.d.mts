/** Types of page.mjs for the tests. */

import type { PublicFleet } from './table.mjs';

export function keptFleets(text: string): string;
export function withFleets(text: string, section: string): string;
export function publicSection(fleets: readonly PublicFleet[], date: string): string;
