import type { FrameLocator, Page } from 'playwright-core';

export const hasAxe: boolean;

export function violationsIn(page: Page | FrameLocator): Promise<string[]>;
