/**
 * The messages Varsmith adds to the Language Server Protocol: the names and shapes both sides agree on. It imports
 * nothing, so that either side may read it; the field lists are the contract, the wording of texts is not.
 */

/** True under this name in the client's experimental capabilities: it wants the notifications below. */
export const additionsCapability = 'varsmith';

/** Request from client to server: look at every folder again and count what is found. No parameters. */
export const checkWorkspaceRequest = 'varsmith/checkWorkspace';

/** Answer to {@link checkWorkspaceRequest}. Findings are counted after silencing by comments and settings. */
export interface CheckWorkspaceResult {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly hints: number;
  /** Nix files looked at, those without findings included. */
  readonly files: number;
  /** Wall-clock time the server took. */
  readonly milliseconds: number;
}

/** Notification from server to client: what the server is doing. The last one sent holds until the next. */
export const statusNotification = 'varsmith/status';

export type ServerState = 'starting' | 'ready' | 'checking' | 'failed';

/** Parameters of {@link statusNotification}. */
export interface ServerStatus {
  readonly state: ServerState;
  /** A few words, shown beside the state: "4 machines, 15 generators declared". */
  readonly message: string;
  /** A sentence or two for the tooltip, such as why nothing is found. */
  readonly detail?: string;
}

/** Where something is written: a file's URI and the range in it, counted as the protocol does. */
export interface Where {
  readonly uri: string;
  readonly range: {
    readonly start: { readonly line: number; readonly character: number };
    readonly end: { readonly line: number; readonly character: number };
  };
}

/** Request: the dependency graph of one root, drawn. */
export const graphRequest = 'varsmith/graph';

export interface GraphParams {
  /** The URI of a file of the root; null: the first root. */
  readonly near: string | null;
  readonly machine: string | null;
  readonly generator: string | null;
  /** Only generators with such a file, or with a prompt. */
  readonly kind: 'secret' | 'public' | 'prompt' | null;
  /** Only generators of which this holds. */
  readonly condition: 'present' | 'outdated' | 'partial' | 'missing' | 'error' | 'cycle' | null;
  /** `auto`: the one that reads best, and folded, where there are many generators; else none. */
  readonly grouping: 'machine' | 'service' | 'auto' | null;
  /** Ids of the groups that are open; null: all. */
  readonly open: readonly string[] | null;
  readonly format: 'picture' | 'svg' | 'dot' | 'mermaid';
}

export interface GraphResult {
  /** SVG without colours for `picture`; otherwise a text to be kept as a file. */
  readonly text: string;
  /** The folder's name. */
  readonly root: string;
  readonly rootUri: string;
  readonly machines: readonly string[];
  readonly generators: number;
  /** What `auto` came to, and the ids of the groups. */
  readonly grouping: 'machine' | 'service' | null;
  readonly open: readonly string[] | null;
  readonly groups: readonly string[];
  /** Generators that one machine alone has. */
  readonly owners: Readonly<Record<string, string>>;
  /** What the marks, borders and lines that are in the picture mean. */
  readonly legend: readonly GraphLegendEntry[];
}

interface GraphLegendEntry {
  /** SVG, drawn around 0, 0. */
  readonly sample: string;
  readonly sampleWidth: number;
  readonly text: string;
}

/** Request: where a generator is declared. Answered with a {@link Where}, or null. */
export const placeRequest = 'varsmith/place';

export interface PlaceParams {
  readonly root: string;
  readonly generator: string;
}

/** Request: what Verify Vars or a run has found; all views show it until a file of the fleet changes. */
export const verifiedRequest = 'varsmith/verified';

export interface VerifiedParams {
  readonly root: string;
  readonly states: readonly VerifiedState[];
}

/** A generator in its place, as `varsmith verify --json` tells of it. */
export interface VerifiedState {
  /** `shared/<generator>` or `per-machine/<machine>/<generator>`. */
  readonly key: string;
  readonly state: FleetGenerator['state'];
  /** Names of files that are not there. */
  readonly missing: readonly string[];
}

/** What of a fleet is wanted. */
export interface FleetFilter {
  /** Part of a name; '' for all. */
  readonly text: string;
  /** Only what is not generated, or outdated. */
  readonly lacking: boolean;
}

/** The filter that lets everything through. */
export const EVERYTHING: FleetFilter = { text: '', lacking: false };

/** Request: the roots and their machines. */
export const fleetRequest = 'varsmith/fleet';

export interface FleetParams {
  readonly filter: FleetFilter;
}

export interface FleetRoot {
  /** The folder's name. */
  readonly name: string;
  readonly uri: string;
  readonly machines: readonly FleetMachine[];
  /** Generators of no machine that is known. */
  readonly unassigned: number;
  readonly keys: readonly FleetKey[];
  /** Generators of machines that are to be generated, of the whole fleet, whatever the filter; shared ones once. */
  readonly lacking: number;
  /** How much is generated, in words: `2 of 5 generators missing · 1 outdated`. */
  readonly summary: string;
  /** Vars or machines are declared there. */
  readonly isFleet: boolean;
  /** How many secrets of sops-nix and agenix there are. */
  readonly secrets: number;
}

export interface FleetMachine {
  readonly name: string;
  readonly class: string | null;
  readonly system: string | null;
  readonly tags: readonly string[];
  readonly generators: number;
  /** False: only Nix can tell whether it has more. */
  readonly complete: boolean;
  /** How many of them are to be generated. */
  readonly lacking: number;
  /** How much is generated, in words: `2 of 5 generators missing`. Empty without generators. */
  readonly summary: string;
  readonly where: Where | null;
}

export interface FleetKey {
  readonly key: string;
  /** The registry's file, relative to the root. */
  readonly registry: string;
  readonly generator: string | null;
  readonly variable: string | null;
  readonly machines: readonly string[];
  readonly where: Where | null;
}

/** Request: the generators of a machine; of no machine that is known where `machine` is null. */
export const machineRequest = 'varsmith/machine';

export interface MachineParams {
  readonly root: string;
  readonly machine: string | null;
  readonly filter: FleetFilter;
}

/** Request: the machines that have a registry key, and where it is used. Answered with {@link KeyDetail}, or null. */
export const keyRequest = 'varsmith/key';

export interface KeyParams {
  readonly root: string;
  readonly registry: string;
  readonly key: string;
}

export interface KeyDetail {
  readonly machines: readonly {
    readonly name: string;
    readonly state: FleetGenerator['state'];
    /** The state in a word or two; empty where it is not known. */
    readonly stateText: string;
    readonly where: Where | null;
  }[];
  readonly uses: readonly { readonly file: string; readonly where: Where }[];
}

/** Request: machines with secrets of sops-nix and agenix, and encrypted files. Asked with {@link FleetParams}. */
export const secretsRequest = 'varsmith/secrets';

export interface SecretsRoot {
  /** The folder's name. */
  readonly name: string;
  readonly uri: string;
  readonly machines: readonly {
    readonly name: string;
    readonly secrets: number;
    readonly where: Where | null;
  }[];
  /** Secrets of no machine that is known. */
  readonly unassigned: number;
  readonly files: readonly EncryptedFile[];
}

export interface EncryptedFile {
  /** Relative to the root. */
  readonly path: string;
  readonly keeper: 'sops' | 'age';
  readonly state: 'encrypted' | 'plain' | 'missing' | 'unknown';
  /** How many keys with values it has; null where it has none. */
  readonly keys: number | null;
  /** What those who can decrypt it are called. */
  readonly recipients: readonly string[];
  readonly where: Where | null;
}

/** Request: the secrets of a machine; of no machine that is known where `machine` is null. Asked with {@link MachineParams}. */
export const machineSecretsRequest = 'varsmith/machineSecrets';

export interface MachineSecret {
  readonly keeper: 'sops' | 'age';
  readonly name: string;
  /** Where it lies on the machine; null where that is not known. */
  readonly path: string | null;
  /** False: its file or its key is not there. */
  readonly found: boolean;
  readonly sources: readonly {
    readonly file: string;
    readonly key: string | null;
    readonly where: Where | null;
  }[];
  readonly uses: readonly { readonly file: string; readonly where: Where }[];
  readonly where: Where | null;
}

/** Request: who can read what in every open folder. Asked without anything. */
export const accessRequest = 'varsmith/access';

export interface AccessRoot {
  /** The folder's name. */
  readonly name: string;
  readonly uri: string;
  readonly secrets: readonly AccessSecret[];
  /** What cannot be told, in sentences. */
  readonly notes: readonly string[];
}

export interface AccessSecret {
  /** `<placement>/<generator>/<file>` of a var, else the path of the file that holds it. */
  readonly secret: string;
  /** `machine-key`: whoever opens it opens all that its machine can read. */
  readonly kind: 'var' | 'machine-key' | 'other';
  /** Those that declare it; of the key of a machine that machine. */
  readonly machines: readonly string[];
  /** When it is needed; null where it is not declared. */
  readonly neededFor: string | null;
  /** False: `varsmith fix` leaves it alone. */
  readonly declared: boolean;
  readonly stored: boolean;
  readonly readers: readonly SecretReader[];
}

export interface SecretReader {
  readonly kind: 'user' | 'machine' | 'admin' | 'unknown';
  readonly name: string | null;
  /** Public; null for somebody without one. */
  readonly key: string | null;
  readonly via: readonly { readonly kind: 'user' | 'machine' | 'group' | 'setting'; readonly name: string }[];
  /** `pending`: it is to be encrypted to the key, and is not yet; `leaving`: it is, and nothing gives it any more. */
  readonly state: 'now' | 'pending' | 'leaving';
}

/** Request: the keys of an encrypted file. */
export const fileKeysRequest = 'varsmith/fileKeys';

export interface FileKeysParams {
  readonly root: string;
  /** Relative to the root. */
  readonly path: string;
}

export interface FileKey {
  /** A slash goes one map down. */
  readonly key: string;
  /** Names of the secrets that are taken by it. */
  readonly secrets: readonly string[];
  readonly where: Where | null;
}

/** Request: which item of the explorer a place belongs to. Answered with {@link AtResult}, or null. */
export const atRequest = 'varsmith/at';

export interface AtParams {
  readonly uri: string;
  readonly position: { readonly line: number; readonly character: number };
}

export interface AtResult {
  readonly root: string;
  readonly machine: string | null;
  readonly generator: string | null;
  readonly registry: string | null;
  readonly key: string | null;
  /** Of sops-nix or agenix; absent where none stands there. */
  readonly secret?: SecretRef;
}

export interface SecretRef {
  readonly keeper: 'sops' | 'age';
  readonly name: string;
}

export interface FleetGenerator {
  readonly name: string;
  readonly share: boolean | null;
  readonly state: 'present' | 'outdated' | 'partial' | 'missing' | 'unknown';
  /** The state in a word or two, and in a sentence. */
  readonly stateText: string;
  readonly stateSentence: string;
  /** Why it is outdated, and by which values that were set since (`generator/file`); null where it is not. */
  readonly outdated: {
    readonly reason: 'inputs' | 'superseded' | 'interrupted';
    readonly older: readonly string[];
  } | null;
  readonly where: Where | null;
  readonly files: readonly FleetFile[];
  readonly prompts: readonly string[];
  readonly dependencies: readonly string[];
}

export interface FleetFile {
  readonly name: string;
  readonly secret: boolean | null;
  readonly stored: boolean | null;
  /** The same in a word; empty where it cannot be told. */
  readonly stateText: string;
  /** The URI of the file with the value of a public one that is stored. */
  readonly value: string | null;
  readonly where: Where | null;
}

/** What a run is about. */
export interface GenerateTarget {
  /** URI of the root. */
  readonly root: string;
  /** None: all. */
  readonly machines: readonly string[];
  /** Names, or keys of one placement. None: all that are not generated. */
  readonly generators: readonly string[];
}

/** What the commands of code lenses are given: a generator, as the items of the fleet view are. */
export interface GeneratorRef {
  readonly kind: 'generator';
  /** URI of the root. */
  readonly root: string;
  /** Null: on all machines that have it. */
  readonly machine: string | null;
  readonly generator: { readonly name: string };
}

/** The same for a machine. */
export interface MachineRef {
  readonly kind: 'machine';
  /** URI of the root. */
  readonly root: string;
  readonly machine: { readonly name: string };
}

/** Start options of the server. */
export interface StartOptions {
  /** The client's commands that lenses may name; without them lenses only say what is known. */
  readonly clientCommands: readonly string[];
  /** `varsmith rename moved` runs when files were moved: the server may move what links lead to. */
  readonly mendsMoves: boolean;
}

/** Request: what is found of each open folder and around it, and what is missing. */
export const doctorRequest = 'varsmith/doctor';

export interface DoctorParams {
  /** False: no program is run and no key is looked for. */
  readonly trusted: boolean;
}

export interface DoctorResult {
  readonly root: string;
  /** Names places and public keys; never a secret. */
  readonly markdown: string;
  readonly hasProblems: boolean;
  /** What commands can do about it: make a key, generate what is missing. */
  readonly actions: readonly ('key' | 'generate')[];
}

/** What findings, hovers and quick fixes run; the server is told the name at its start. */
export const showRuleCommand = 'varsmith.showRule';

/** Request: a page of the documentation of rules; null where there is none of the name. */
export const rulePageRequest = 'varsmith/rulePage';

export interface RulePageParams {
  /** Below `docs/`, without an ending: `rules/registry/unknown-key`. */
  readonly page: string;
}

export interface RulePageResult {
  readonly markdown: string;
}

/** Notification from server to client: findings and fleets are others, and nothing has come for a while; views ask anew. */
export const changedNotification = 'varsmith/changed';

/** Request: the session variables of a machine, as a shell reads them. Null: no root is open. */
export const environmentRequest = 'varsmith/environment';

export type EnvironmentShell = 'bash' | 'nushell';

export interface EnvironmentParams {
  /** The URI of a file of the root, or of the root itself; null: the first root. */
  readonly near: string | null;
  /** Null: only the machines are asked for. */
  readonly machine: string | null;
  readonly shell: EnvironmentShell;
}

export interface EnvironmentResult {
  /** The root's URI. */
  readonly root: string;
  readonly machines: readonly string[];
  /** Null where no machine was asked for, or there is none of that name. */
  readonly text: string | null;
}

/** Request: what the scaffolding commands offer in a root. */
export const scaffoldChoicesRequest = 'varsmith/scaffoldChoices';

export interface ScaffoldRootParams {
  /** The root's URI. */
  readonly root: string;
}

export interface ScaffoldChoices {
  /** Files of registries, relative to the root. */
  readonly registries: readonly string[];
  readonly machines: readonly string[];
  /** Whole generators to begin with. */
  readonly templates: readonly { readonly id: string; readonly label: string; readonly text: string }[];
  /** Files that a generator can be added to, relative to the root. */
  readonly files: readonly string[];
  readonly systems: readonly string[];
}

/** Request: what is wrong with a name, as a sentence; null if nothing is. Asked while it is typed. */
export const checkNameRequest = 'varsmith/checkName';

export interface CheckNameParams extends ScaffoldRootParams {
  readonly of: 'secret' | 'variable' | 'generator' | 'service' | 'machine';
  readonly name: string;
  /** For a secret and its variable: the registry's file; null: the only one. */
  readonly registry: string | null;
}

/** Request: the forms that a new secret could have, the likeliest first. */
export const secretProposalsRequest = 'varsmith/secretProposals';

export interface SecretProposalsParams extends ScaffoldRootParams {
  /** The key of the new secret. */
  readonly name: string;
  /** The registry's file. */
  readonly registry: string;
}

/** What a new entry of a registry would say where nobody says otherwise. */
export interface SecretProposal {
  /** Somebody types in a secret, or a public setting, or a script makes a password. */
  readonly kind: 'prompt' | 'setting' | 'password';
  /** What the entry says of its kind. */
  readonly category: string | null;
  readonly generator: string;
  /** Null: in no variable. */
  readonly envVar: string | null;
  readonly description: string;
  readonly domain: string | null;
  /** Keys of some of the entries that it takes after. */
  readonly like: readonly string[];
}

export interface SecretProposals {
  readonly proposals: readonly SecretProposal[];
  /** The domains of the registry. */
  readonly domains: readonly string[];
}

/** Request: write something. The server asks the editor to apply one edit with all of it. */
export const scaffoldRequest = 'varsmith/scaffold';

export type ScaffoldWish =
  | {
      readonly what: 'secret';
      readonly name: string;
      readonly kind: SecretProposal['kind'];
      /** What the entry says of its kind; null: nothing in particular. */
      readonly category: string | null;
      readonly description: string;
      readonly domain: string | null;
      readonly generator: string | null;
      /** Empty: in no variable. */
      readonly envVar: string;
      readonly machines: readonly string[];
      readonly registry: string | null;
    }
  | {
      readonly what: 'generator';
      readonly name: string;
      readonly template: string;
      /** Relative to the root; made where it is not there. */
      readonly file: string;
    }
  | {
      readonly what: 'service';
      readonly name: string;
      readonly template: string;
      readonly per: 'instance' | 'machine';
    }
  | { readonly what: 'fleet'; readonly machine: string; readonly system: string };

export interface ScaffoldParams extends ScaffoldRootParams {
  readonly wish: ScaffoldWish;
  /** The workspace is: git may be started, which a new fleet is made known to. */
  readonly trusted?: boolean;
}

export interface ScaffoldResult {
  /** Why nothing was written; null if it was. */
  readonly refused: string | null;
  /** Where the new text stands. */
  readonly shown: Where | null;
  /** What is left to do; sentences. */
  readonly notes: readonly string[];
  /** URIs of files that were made. */
  readonly created: readonly string[];
  /** Files that were to be made and are there already, relative to the root. */
  readonly kept: readonly string[];
}

/**
 * Notification from client to a server that reaches no files: what a folder holds, or what has changed there. Contents
 * come as far as they are likely to be read.
 */
export const filesNotification = 'varsmith/files';

export interface FilesParams {
  /** The URI of a folder that is open; null: none is. */
  readonly root: string | null;
  readonly entries: readonly VirtualEntry[];
  /** Paths that are not there any more, with all below. */
  readonly gone: readonly string[];
  /** All folders have been handed over: the analysis may begin. */
  readonly ready: boolean;
}

export interface VirtualEntry {
  /** Relative to the folder, with `/` between names. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
  /** It is a symbolic link; `kind` is what that leads to. */
  readonly link?: boolean;
  /** Absent: not read so far. Null: it cannot be read. */
  readonly bytes?: Uint8Array | null;
  /** Larger than what is read. */
  readonly tooLarge?: boolean;
  /** A folder whose content has not been listed. */
  readonly unlisted?: boolean;
}

/** Notification from such a server: contents that it lacks, which are to come with {@link filesNotification}. */
export const wantedNotification = 'varsmith/wanted';

export interface WantedParams {
  readonly root: string;
  readonly paths: readonly string[];
}
