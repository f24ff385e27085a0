/**
 * Which folder may import which. Everything may import the domain; beyond that each layer names what it may reach,
 * so a new folder reaches nothing until it is given a line here.
 */
const MAY_IMPORT = {
  domain: ['domain'],
  lib: ['lib', 'domain'],
  store: ['store', 'lib', 'domain'],
  workflows: ['workflows', 'domain'],
  activities: ['activities', 'store', 'lib', 'domain'],
  api: ['api', 'store', 'lib', 'domain', 'workflows'],
  // The worker names the workflows by path only: they are bundled, never imported.
  worker: ['worker', 'activities', 'store', 'lib', 'domain'],
  // What auditors run: it trusts nothing that the processes say.
  verify: ['verify', 'store', 'lib', 'domain'],
  // Backups and restores: commands of the operator.
  backup: ['backup', 'store', 'lib', 'domain'],
  // Everything on one machine, composed around the api's own routers. Nothing that is shipped imports it.
  local: ['local', 'api', 'store', 'lib', 'domain'],
  bench: ['bench', 'local', 'store', 'lib', 'domain', 'test/fakes', 'test/support/silent-people'],
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
        'api/, worker/, local/, verify/ and backup/ are processes: only they themselves and the tests import them, and what npm start adds to the api.',
      severity: 'error',
      from: { path: '^([^/]+)', pathNot: '^(test|bench|local)/' },
      to: { path: '^(api|worker|local|bench|verify|backup)/', pathNot: '^$1/' },
    },
    {
      name: 'of-the-processes-local-composes-the-api-alone',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^(worker|bench|verify|backup)/' },
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
      from: { path: '^(api|worker|activities|workflows|store|lib|domain|verify|backup)/' },
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
