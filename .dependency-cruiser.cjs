/**
 * Which folder may import which. Everything may import the domain; beyond that each layer names what it may reach,
 * so a new folder reaches nothing until it is given a line here.
 */
const EVERYWHERE = ['api', 'start', 'local', 'store', 'backup', 'lib', 'domain'];
// While the folders move, the layers between the domain and the processes reach each other.
const MAY_IMPORT = {
  domain: ['domain'],
  lib: EVERYWHERE,
  store: EVERYWHERE,
  workflows: ['workflows', 'domain'],
  activities: ['activities', ...EVERYWHERE],
  api: ['workflows', ...EVERYWHERE],
  // The worker names the workflows by path only: they are bundled, never imported.
  worker: ['worker', 'activities', ...EVERYWHERE],
  // What auditors run: it trusts nothing that the processes say.
  verify: ['verify', ...EVERYWHERE],
  // Backups and restores: commands of the operator.
  backup: EVERYWHERE,
  start: EVERYWHERE,
  local: EVERYWHERE,
  bench: ['bench', 'test/fakes', 'test/support/silent-people', ...EVERYWHERE],
};

const layers = Object.entries(MAY_IMPORT).map(([layer, reach]) => ({
  name: `what-${layer}-may-import`,
  comment: `${layer}/ imports ${reach.join(', ')} and packages; see docs/STYLE.md.`,
  severity: 'error',
  from: { path: `^${layer}/` },
  to: {
    path: '^[^./]',
    pathNot: [`^(${reach.join('|')})[/.]`, 'node_modules/', ...allowedBeside(layer)],
    dependencyTypesNot: ['core'],
  },
}));

/** The types of activities are what a workflow calls; its own rule below sees to it that they stay types. */
function allowedBeside(layer) {
  return layer === 'workflows' ? ['^activities/'] : [];
}

module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'workflows-take-only-types-of-activities',
      comment: 'Code of an activity in a workflow would run inside the replay.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'workflow-code-is-deterministic',
      comment:
        "Workflow code uses Temporal's workflow API; what Node or a package does cannot be replayed.",
      severity: 'error',
      from: { path: '^(workflows/|lib/temporal/failure-converter\\.ts$)' },
      to: {
        dependencyTypes: [
          'core',
          'npm',
          'npm-dev',
          'npm-no-pkg',
          'npm-unknown',
          'npm-peer',
          'npm-optional',
        ],
        pathNot: 'node_modules/@temporalio/(workflow|common)/',
      },
    },
    {
      name: 'the-domain-imports-zod-only',
      comment: 'The domain is pure: it says what the policy says, whatever runs it.',
      severity: 'error',
      from: { path: '^domain/' },
      to: {
        dependencyTypes: [
          'core',
          'npm',
          'npm-dev',
          'npm-no-pkg',
          'npm-unknown',
          'npm-peer',
          'npm-optional',
        ],
        pathNot: 'node_modules/zod/',
      },
    },
    {
      name: 'a-process-is-imported-by-nobody',
      comment:
        'api/, worker/, start/, verify/ and backup/ are processes: only they themselves and the tests import them.',
      severity: 'error',
      from: { path: '^([^/]+)', pathNot: '^(test|bench)/' },
      to: { path: '^(worker|bench|verify)/', pathNot: '^$1/' },
    },
    {
      name: 'tests-are-imported-by-tests',
      severity: 'error',
      from: { pathNot: '^(test|bench)/' },
      to: { path: '^test/' },
    },
    {
      name: 'production-has-no-development-packages',
      comment: 'The production image installs dependencies only.',
      severity: 'error',
      from: { path: '^(api|worker|activities|workflows|domain|verify|backup)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'imports-resolve',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.cache|\\.data|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.cjs', '.json', '.d.ts'],
    },
    skipAnalysisNotInRules: true,
  },
};
