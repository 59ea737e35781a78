// Property tests try the same cases in every run of `npm test`, so that it fails for what was changed and for nothing
// else. `npm run test:all` and `npm run fuzz` draw a seed, print it, and hand it over in VARSMITH_FUZZ_SEED, which repeats it.
import fc from 'fast-check';
import { SEED } from './runs.ts';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: SEED });
