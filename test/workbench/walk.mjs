#!/usr/bin/env node
// The walk of a person through the packed extension, in a real workbench, over a copy of the broken example fleet.
//   walk.mjs VSIX [--beside | --restricted | --generation | --start | --sops | --nix | --web | --newcomer [--theme NAME]] [--report FILE] [--pictures DIR | --update-images]
// --beside: with another Nix extension installed; --restricted: in a folder that is not trusted. --generation: in
// a copy of the whole example fleet, with keys; --start: without a fleet, as one begins; --sops: in a fleet with sops-nix; --nix: in one that Nix is asked about.
// --web: with the extension in the browser itself; --newcomer: from `npm start` to generated vars, in the time it may take, which
// needs no VSIX. Each has steps of its own.
// --update-images puts the pictures into docs/images, where README shows them. VSC_WHICH=latest|floor chooses the VS Code.
// VSC_SLOWDOWN=5 makes its page five times slower, to see that no step depends on how fast it is.
// Exit code: 0 every step passed, 1 otherwise.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { WHICH } from './env.mjs';
import { packed } from './pack.mjs';
import { makeScene } from './scene.mjs';
import { generationProblem, makeGenerationScene } from './scene-generation.mjs';
import { drive } from './ui-drive.mjs';
import { checkSteps, writeTasks } from './walk-check.mjs';
import { generationSteps } from './walk-generation.mjs';
import { graphSteps } from './walk-graph.mjs';
import { makeNewcomerScene, newcomerSteps } from './walk-newcomer.mjs';
import { makeNixScene, nixSteps } from './walk-nix.mjs';
import { renameSteps } from './walk-rename.mjs';
import { scaffoldSteps } from './walk-scaffold.mjs';
import { makeSopsScene, sopsSteps } from './walk-sops.mjs';
import { makeStartScene, startSteps } from './walk-start.mjs';
import { typeSteps, writeTypedFile } from './walk-type.mjs';
import { valueSteps } from './walk-values.mjs';
import { IN_BROWSER, webSteps } from './walk-web.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    report: { type: 'string' },
    pictures: { type: 'string' },
    beside: { type: 'boolean', default: false },
    restricted: { type: 'boolean', default: false },
    generation: { type: 'boolean', default: false },
    start: { type: 'boolean', default: false },
    sops: { type: 'boolean', default: false },
    nix: { type: 'boolean', default: false },
    web: { type: 'boolean', default: false },
    newcomer: { type: 'boolean', default: false },
    theme: { type: 'string' },
    'update-images': { type: 'boolean', default: false },
  },
});
const vsix = path.resolve(positionals[0] ?? path.join(root, 'out/varsmith.vsix'));
const out = path.join(root, 'out/workbench', WHICH);
const pictures = values['update-images']
  ? path.join(root, 'docs/images')
  : path.resolve(values.pictures ?? path.join(out, 'pictures'));
const report = path.resolve(values.report ?? path.join(out, 'walk.json'));
fs.mkdirSync(path.dirname(report), { recursive: true });
fs.rmSync(report, { force: true });

const at = ({ file, line, column }) => [file, line, column];
const DIRECTORY = 'variable.language.generator-directory.varsmith';

/** @param {ReturnType<typeof makeScene>} scene */
const squiggled = ({ unknownKey }) => [
  'a squiggle appears under the unknown key',
  async ui => {
    await ui.squiggle('error').first().waitFor();
    await ui.open(...at(unknownKey));
  },
];

/** @param {ReturnType<typeof makeScene>} scene */
const coloured = ({ out }) => [
  'a generator script is coloured as Bash',
  async ui => {
    await ui.open(...at(out));
    await ui.picture('script');
    await ui.scopes(DIRECTORY);
    await ui.scopes('meta.embedded.block.shellscript');
  },
];

/** @param {ReturnType<typeof makeScene>} scene */
function stepsBeside(scene) {
  return [
    squiggled(scene),
    coloured(scene),
    [
      'the language stays Nix',
      async ui => {
        await ui.page.locator('#status\\.editor\\.mode', { hasText: /^Nix$/ }).waitFor();
      },
    ],
  ];
}

/** @param {ReturnType<typeof makeScene>} scene */
function stepsRestricted(scene) {
  const { selectedKey } = scene;
  return [
    [
      'the folder is not trusted',
      async ui => {
        await ui.page
          .locator('#status\\.workspaceTrust, .statusbar-item', { hasText: 'Restricted Mode' })
          .first()
          .waitFor();
      },
    ],
    squiggled(scene),
    [
      'a hover tells what a key produces',
      async ui => {
        const { file, line, column } = selectedKey.selection;
        await ui.open(file, line, column + 1);
        await ui.hovered(selectedKey.generator);
        await ui.page.keyboard.press('Escape');
      },
    ],
    [
      'nothing that runs is offered',
      async ui => {
        for (const title of [
          'Generate Vars…',
          'Regenerate Vars…',
          'Try Generator…',
          'Set Value…',
          'Verify Vars',
        ])
          if (await ui.offers(`Varsmith: ${title}`, 'Varsmith: Check Workspace'))
            throw new Error(`${title} is offered in a folder that is not trusted`);
      },
    ],
  ];
}

/** @param {ReturnType<typeof makeScene>} scene */
function steps(scene) {
  const { unknownKey, selectedKey } = scene;
  const missing = `Unknown registry key "${selectedKey.key}"`;
  return [
    coloured(scene),
    [
      'a squiggle appears under the unknown key',
      async ui => {
        await ui.open(...at(unknownKey));
        await ui.squiggle('error').first().waitFor();
        // By file, not by message: the view misses new rows after its filter has hidden all of them.
        await ui.showProblems(path.basename(unknownKey.file));
        await ui.problem(unknownKey.message).waitFor();
        await ui.picture('problems');
      },
    ],
    [
      'a hover tells what a key produces',
      async ui => {
        const { file, line, column } = selectedKey.selection;
        await ui.open(file, line, column + 1); // behind the opening quote
        await ui.hovered(selectedKey.generator);
        await ui.picture('hover');
        await ui.page.keyboard.press('Escape');
      },
    ],
    [
      'the quick fix replaces the unknown key',
      async ui => {
        await ui.open(...at(unknownKey));
        const replace = `Replace with "${unknownKey.replacement}"`;
        await ui.actionOffered(replace);
        await ui.picture('quick-fix');
        await ui.chooseAction(replace);
        await ui.problem(unknownKey.message).waitFor({ state: 'detached' });
      },
    ],
    [
      'the palette runs Check Workspace',
      async ui => {
        await ui.command('Varsmith: Check Workspace');
        await ui.toast('Checked').waitFor();
        await ui.picture('check-workspace');
      },
    ],
    [
      'an edit in the registry changes the findings of the matrix',
      async ui => {
        await ui.open(...at(selectedKey.entry));
        await ui.problem(missing).waitFor({ state: 'detached' });
        await ui.page.keyboard.type('x');
        await ui.problem(missing).first().waitFor();
        await ui.picture('registry-edit');
        await ui.page.keyboard.press('Control+Z');
        await ui.problem(missing).first().waitFor({ state: 'detached' });
      },
    ],
    [
      'the fleet explorer lists the machines and what they have',
      async ui => {
        await ui.command('Varsmith: Focus on Fleet View');
        await ui.expand(selectedKey.machine, selectedKey.generator);
      },
    ],
    [
      'the filter leaves what is looked for, and says so',
      async ui => {
        await ui.answerCommand('Varsmith: Filter the Fleet', selectedKey.generator);
        const tree = ui.page.locator('.sidebar .monaco-list-row');
        await ui.page.locator('.sidebar').getByText(`Shown: "${selectedKey.generator}"`).first().waitFor();
        await tree.filter({ hasText: selectedKey.machine }).first().waitFor();
        await ui.command('Varsmith: Clear the Fleet Filter');
        await ui.page
          .locator('.sidebar')
          .getByText(`Shown: "${selectedKey.generator}"`)
          .first()
          .waitFor({ state: 'hidden' });
      },
    ],
    [
      'the cursor leads to the registry key, with its machines and uses',
      async ui => {
        const { file, line, column } = selectedKey.selection;
        await ui.open(file, line, column + 1);
        await ui.command('Varsmith: Show in Fleet View');
        const selected = ui.page.locator('.sidebar .monaco-list-row.selected', { hasText: selectedKey.key });
        await selected.first().waitFor();
        await ui.command('View: Hide Panel');
        await ui.command('Notifications: Clear All Notifications');
        await ui.picture('fleet');
      },
    ],
    [
      'the doctor says what it found',
      async ui => {
        await ui.command('Varsmith: Doctor');
        const frame = await ui.webview('h2');
        await frame.getByText('recognised by .clan-flake').first().waitFor();
        // The throw-away folder of this run has no place in the docs.
        await frame.locator('body').evaluate((body, folder) => {
          const texts = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
          for (let text = texts.nextNode(); text; text = texts.nextNode())
            text.nodeValue = text.nodeValue.replaceAll(folder, '~/broken-fleet');
        }, scene.folder);
        // What a command mends has that command in its row.
        await frame.getByRole('link', { name: 'Create Key…' }).first().waitFor();
        await ui.picture('doctor');
        await ui.closeTab('Varsmith Doctor');
      },
    ],
    ...graphSteps(scene),
  ];
}

const { beside, restricted, generation, start, sops, nix, web, newcomer, theme } = values;
const way = ['beside', 'restricted', 'generation', 'start', 'sops', 'nix', 'web', 'newcomer'].filter(
  name => values[name],
);
// Two ways may be walked in one VS Code at the same time.
const failurePicture = path.join(out, [...way, 'walk-failed.png'].join('-'));
const common = { vsix: [vsix], restricted, pictures, failurePicture };

function walk() {
  const scene = makeScene(root);
  writeTasks(scene.folder);
  if (!beside && !restricted) writeTypedFile(scene.folder);
  const openFile = path.join(scene.folder, scene.unknownKey.file);
  const installed = beside ? [vsix, packed(path.join(import.meta.dirname, 'other-nix'))] : [vsix];
  return drive(
    { ...common, folder: scene.folder, openFile, vsix: installed },
    beside
      ? stepsBeside(scene)
      : restricted
        ? stepsRestricted(scene)
        : [...steps(scene), ...checkSteps(), ...scaffoldSteps(scene), ...typeSteps(scene)],
  );
}

function walkGeneration() {
  const problem = generationProblem();
  if (problem !== null) throw new Error(`generation cannot be walked: ${problem}`);
  const scene = makeGenerationScene(root);
  return drive({ ...common, ...scene }, [
    ...generationSteps(scene),
    ...valueSteps(scene),
    ...renameSteps(scene),
  ]);
}

function walkStart() {
  return drive(common, startSteps(makeStartScene()));
}

function walkSops() {
  const scene = makeSopsScene(root);
  return drive({ ...common, ...scene }, sopsSteps(scene));
}

function walkNix() {
  return drive({ ...common, ...makeNixScene() }, nixSteps());
}

function walkWeb() {
  const scene = makeScene(root);
  const openFile = path.join(scene.folder, scene.unknownKey.file);
  return drive({ ...common, folder: scene.folder, openFile, settings: IN_BROWSER }, webSteps(scene));
}

function walkNewcomer() {
  const problem = generationProblem();
  if (problem !== null) throw new Error(`generation cannot be walked: ${problem}`);
  const { scene, start } = makeNewcomerScene(root);
  return drive({ ...common, start }, newcomerSteps(scene, theme));
}

const result = await (newcomer
  ? walkNewcomer()
  : generation
    ? walkGeneration()
    : start
      ? walkStart()
      : sops
        ? walkSops()
        : nix
          ? walkNix()
          : web
            ? walkWeb()
            : walk());
fs.writeFileSync(report, JSON.stringify(result, null, 2));
console.log(`${result.passed} passed, ${result.failed} failed`);
process.exitCode = result.failed === 0 && result.passed > 0 ? 0 : 1;
