// Property tests try the same cases in every run of `npm test`, so that it fails for what was changed and for nothing
// else. `npm run fuzz` looks for more with a seed of its own, which VARSMITH_FUZZ_SEED repeats.
import fc from 'fast-check';

fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  seed: Number(process.env.VARSMITH_FUZZ_SEED ?? 20_261_122),
});
