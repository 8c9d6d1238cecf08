import type { ErrorProblem, ErrorProblemKind } from '../../../model/findings/errorProblems';
import type { Remedy } from '../../../model/findings/findings';
import type { JobError } from '../../../model/job';
import type { RestoreOptions } from '../../../model/options';

/** Objects that are named. */
const MOST_NAMED = 50;

const NAME = String.raw`(?:(?:relation|type|schema|function|extension|sequence|constraint|trigger|role|language|collation|operator|domain) )?"?(.+?)"?`;

/**
 * First match wins. The group is what the message names. Servers in other languages word these
 * otherwise: their errors are listed as they are.
 */
const KINDS: readonly (readonly [kind: ErrorProblemKind, pattern: RegExp])[] = [
  ['roleMissing', /^role "(.+)" does not exist/],
  ['schemaMissing', /^schema "(.+)" does not exist/],
  ['tablespaceMissing', /^tablespace "(.+)" does not exist/],
  ['extensionMissing', /^extension "(.+)" is not available/],
  ['extensionMissing', /^could not open extension control file ".*\/(.+)\.control"/],
  ['exists', new RegExp(`^${NAME} (?:for relation ".+" )?already exists`)],
  ['exists', /^multiple primary keys for table "(.+)" are not allowed/],
  ['dependents', new RegExp(`^cannot drop ${NAME} because other objects depend on it`)],
  ['notOwner', /^must be owner of (.+)/],
  ['notOwner', /^must be (?:able to SET ROLE|(?:a )?member of role) "(.+)"/],
  ['notOwner', /^permission denied to set role "(.+)"/],
  ['rowSecurity', /row-level security policy for (?:table )?"(.+)"/],
  ['permission', /^permission denied (?:for|to) (.+)/],
  ['duplicateKey', /duplicate key value violates unique constraint "(.+)"/],
  ['foreignKey', /violates foreign key constraint "(.+)"/],
  ['generatedColumn', /column "(.+)" is a generated column/],
  ['generatedColumn', /^cannot insert (?:a non-DEFAULT value )?into column "(.+)"/],
  [
    'encoding',
    /^(?:COPY failed .*: )?(?:invalid byte sequence for encoding "(.+?)"|character with byte sequence)/,
  ],
  ['locks', /^out of shared memory/],
  ['connections', /too many clients already|remaining connection slots|too many connections for/],
  ['diskFull', /No space left on device|could not extend file/],
  ['inUse', /"(.+)" is being accessed by other users/],
  ['readOnly', /^cannot execute (.+) in a read-only transaction/],
];

/**
 * The errors of a restore by what they come from, with remedies that set the form or do a step: ten
 * thousand of one kind are one. What no rule knows is left out; the list of errors has it.
 *
 * @param options as the restore had them: what is set already is no remedy
 */
export function errorProblems(
  errors: readonly JobError[],
  options: RestoreOptions,
): ErrorProblem[] {
  const found = new Map<ErrorProblemKind, ErrorProblem>();
  const named = new Map<ErrorProblemKind, Set<string>>();
  for (const { message } of errors) {
    const [first = ''] = message.split('\n');
    for (const [kind, pattern] of KINDS) {
      const match = pattern.exec(first);
      if (match === null) continue;
      const problem = found.get(kind) ?? { kind, objects: [], count: 0, remedies: [] };
      const objects = named.get(kind) ?? new Set<string>();
      problem.count++;
      if (match[1] !== undefined) objects.add(match[1]);
      found.set(kind, problem);
      named.set(kind, objects);
      break;
    }
  }
  return [...found.values()].map((problem) => {
    const objects = [...(named.get(problem.kind) ?? [])];
    const remedies = remediesFor(problem.kind, objects, options).filter(
      (remedy) => remedy.kind !== 'set' || changes(remedy.options, options),
    );
    return { ...problem, objects: objects.slice(0, MOST_NAMED), remedies };
  });
}

function changes(patch: Partial<RestoreOptions>, options: RestoreOptions): boolean {
  return Object.entries(patch).some(
    ([name, value]) =>
      JSON.stringify(options[name as keyof RestoreOptions]) !== JSON.stringify(value),
  );
}

const NEW_DATABASE: Remedy = { id: 'newDatabase', kind: 'newDatabase' };

function remediesFor(
  kind: ErrorProblemKind,
  names: string[],
  options: RestoreOptions,
): readonly Remedy[] {
  // In a database that the restore makes itself, nothing else can be made.
  const there = !options.createDatabase && !options.swapIn;
  const elsewhere = there ? [NEW_DATABASE] : [];
  const set = (id: string, change: Partial<RestoreOptions>): Remedy => ({
    ...{ id, kind: 'set', options: change },
  });
  const create = (id: 'createRoles' | 'createSchemas'): readonly Remedy[] =>
    there ? [{ id, kind: 'step', step: { do: id, names } }] : [];
  const noOwners = set('noOwnersAndPrivileges', { noOwner: true, noPrivileges: true });
  switch (kind) {
    case 'roleMissing':
      return [noOwners, ...create('createRoles')];
    case 'schemaMissing':
      return create('createSchemas');
    case 'tablespaceMissing': {
      const toolOptions = { ...options.toolOptions, 'no-tablespaces': true };
      return [set('noTablespaces', { toolOptions })];
    }
    case 'notOwner':
      return [noOwners];
    case 'exists':
      return options.clean || !there
        ? []
        : [
            NEW_DATABASE,
            set('clean', { clean: true, ifExists: true }),
            set('dataOnly', { dataOnly: true, clean: false, ifExists: false }),
          ];
    case 'dependents':
    case 'duplicateKey':
    case 'generatedColumn':
    case 'encoding':
      return elsewhere;
    case 'foreignKey':
      return options.dataOnly
        ? [
            set('definitionsToo', { dataOnly: false }),
            set('disableTriggers', { disableTriggers: true }),
          ]
        : [];
    case 'locks':
      return [set('noSingleTransaction', { singleTransaction: false })];
    case 'connections':
      return [set('fewerJobs', { jobs: 1 })];
    case 'extensionMissing':
    case 'permission':
    case 'diskFull':
    case 'inUse':
    case 'readOnly':
    case 'rowSecurity':
      return [];
  }
}
