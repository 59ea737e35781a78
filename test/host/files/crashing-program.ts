/** Loaded in front of a program (`node --import`): it is killed before the operation that `CRASH_AT` counts to. */
import { crashAt } from './crash-at.ts';

crashAt(Number(process.env.CRASH_AT));
