// Who may import whom. Each rule's name states the law, its comment says what to do instead.
// `npm run check` runs it; the table it enforces is in ARCHITECTURE.md.

const packages = '(^|/)node_modules/';
const tests = '\\.test\\.ts$';
const valueOnly = { dependencyTypesNot: ['type-only'] };
/** Every folder of ours but the named ones. */
const oursExcept = (...folders) =>
  `^(?!(${folders.join('|')})(/|$))(onboarding|workflows|activities|adapters|api|relay|db|portal|sandbox|embedded|scripts|examples|test|config\\.ts|settings\\.ts|start\\.ts|worker\\.ts)`;

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'onboarding-rules-are-pure',
      comment:
        'onboarding/ is plain functions over plain data. Hand in what the rule needs as a parameter, or move the effect to activities/ or adapters/.',
      severity: 'error',
      from: { path: '^onboarding/', pathNot: tests },
      to: { pathNot: '^onboarding/' },
    },
    {
      name: 'workflows-stay-in-the-sandbox',
      comment:
        'Workflow code is replayed, so it may use only onboarding/ and the workflow package. Put anything else behind an activity.',
      severity: 'error',
      from: { path: '^workflows/', pathNot: tests },
      to: {
        pathNot: ['^workflows/', '^onboarding/', '^activities/', `${packages}@temporalio/(workflow|common)/`],
      },
    },
    {
      name: 'workflows-know-activities-by-type-only',
      comment:
        'An activity imported by value would run inside the sandbox. Use `import type` and proxyActivities.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^activities/', ...valueOnly },
    },
    {
      name: 'activities-do-not-look-up',
      comment:
        'Activities stand on onboarding/, adapters/ and db/. What the api and they both need belongs to one of those.',
      severity: 'error',
      from: { path: '^activities/', pathNot: tests },
      to: { path: oursExcept('activities', 'onboarding', 'adapters', 'db') },
    },
    {
      name: 'only-messages-leave-workflows',
      comment:
        'Import names, inputs and ids from workflows/messages.ts; workflow code itself is for the bundle only.',
      severity: 'error',
      from: { pathNot: ['^workflows/', '^(start|worker)\\.ts$', '^test/', '^scripts/'] },
      to: { path: '^workflows/', pathNot: '^workflows/messages\\.ts$' },
    },
    {
      name: 'api-does-not-run-activities',
      comment:
        'api/ and relay/ stand on onboarding/, adapters/, db/ and workflows/messages.ts. An effect that a workflow performs is asked for by a command.',
      severity: 'error',
      from: { path: '^(api|relay)/', pathNot: tests },
      to: { path: oursExcept('api', 'relay', 'onboarding', 'adapters', 'db', 'workflows') },
    },
    {
      name: 'contract-is-portable',
      comment:
        'api/contract/ is read by the portal, the document and the tests: zod and onboarding/ only. Server code uses the contract, never the reverse.',
      severity: 'error',
      from: { path: '^api/contract/', pathNot: tests },
      to: { pathNot: ['^api/contract/', '^onboarding/', `${packages}(zod|zod-openapi)/`] },
    },
    {
      name: 'db-stands-alone',
      comment:
        'db/ knows rows and the words of onboarding/. Ciphering, mail and HTTP happen above it and hand in values.',
      severity: 'error',
      from: { path: '^db/', pathNot: tests },
      to: { path: oursExcept('db', 'onboarding') },
    },
    {
      name: 'sql-lives-in-db',
      comment:
        'Only db/ speaks SQL (and the launcher and tests that start a server). Write a repository function.',
      severity: 'error',
      from: { pathNot: ['^db/', '^embedded/', '^test/', tests, packages] },
      to: { path: `${packages}(kysely|pg|pg-pool|postgres)/` },
    },
    {
      name: 'db-has-one-door',
      comment: 'Import from db/index.ts; what is not exported there is private to db/.',
      severity: 'error',
      from: { pathNot: ['^db/', '^test/', tests] },
      to: { path: '^db/', pathNot: '^db/(index|migrate)\\.ts$' },
    },
    {
      name: 'portal-knows-only-the-contract',
      comment: 'The portal sees the server as types of api/contract/ and the facts in onboarding/.',
      severity: 'error',
      from: { path: '^portal/', pathNot: tests },
      to: { path: oursExcept('portal', 'onboarding'), pathNot: '^api/contract/' },
    },
    {
      name: 'portal-takes-types-of-the-contract',
      comment:
        'A schema imported by value puts the validation library and the whole contract into the bundle: `import type`.',
      severity: 'error',
      from: { path: '^portal/', pathNot: tests },
      to: { path: '^api/contract/', ...valueOnly },
    },
    {
      name: 'portal-runs-in-a-browser',
      comment: 'Node built-ins and server packages do not exist in a browser.',
      severity: 'error',
      from: { path: '^portal/', pathNot: [tests, '^portal/[^/]*\\.config\\.ts$', '^portal/build/'] },
      to: {
        path: `${packages}(@temporalio/|express|kysely|pg|pino|undici|nodemailer|dns2|smtp-server|mailparser|xml-crypto|@node-saml|saxes)`,
      },
    },
    {
      name: 'portal-does-without-node',
      comment: 'Node built-ins do not exist in a browser.',
      severity: 'error',
      from: { path: '^portal/', pathNot: [tests, '^portal/[^/]*\\.config\\.ts$', '^portal/build/'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'one-api-client',
      comment:
        'portal/shared/api-client.ts is the only module that fetches (ESLint bans `fetch` elsewhere); no second HTTP library beside it.',
      severity: 'error',
      from: { path: '^portal/' },
      to: { path: `${packages}(axios|ky|ofetch|got|node-fetch|superagent)/` },
    },
    {
      name: 'customer-and-staff-stay-apart',
      comment: 'Two apps for two audiences. What both need moves to portal/shared/.',
      severity: 'error',
      from: { path: '^portal/(customer|staff)/' },
      to: { path: '^portal/(customer|staff)/', pathNot: '^portal/$1/' },
    },
    {
      name: 'shared-knows-neither-app',
      comment: 'portal/shared/ serves both apps and imports none of them.',
      severity: 'error',
      from: { path: '^portal/shared/' },
      to: { path: '^portal/(customer|staff)/' },
    },
    {
      name: 'adapters-stand-on-onboarding',
      comment:
        'An adapter is one outside thing in our words. It takes values, not repositories: the caller reads the database.',
      severity: 'error',
      from: { path: '^adapters/', pathNot: tests },
      to: { path: oursExcept('adapters', 'onboarding') },
    },
    {
      name: 'sandbox-plays-the-outside',
      comment:
        'sandbox/ stands for systems of others. It uses onboarding/, adapters/ and db/, and the product does not use it.',
      severity: 'error',
      from: { path: '^sandbox/', pathNot: tests },
      to: { path: oursExcept('sandbox', 'onboarding', 'adapters', 'db') },
    },
    {
      name: 'embedded-brings-servers-only',
      comment: 'embedded/ starts servers from inputs it is given; filling them is the business of others.',
      severity: 'error',
      from: { path: '^embedded/', pathNot: tests },
      to: { path: oursExcept('embedded') },
    },
    {
      name: 'roots-wire-and-are-not-imported',
      comment:
        'config.ts, settings.ts, start.ts and worker.ts, scripts/ and examples/ stand at the top; take what you need as a parameter.',
      severity: 'error',
      from: {
        path: '^(onboarding|workflows|activities|adapters|api|relay|db|portal|sandbox|embedded)/',
        pathNot: tests,
      },
      to: { path: '^((config|settings|start|worker)\\.ts$|scripts/|examples/)' },
    },
    {
      name: 'no-test-code-in-production',
      comment: 'Builders, fakes and development packages stay out of the product.',
      severity: 'error',
      from: {
        path: '^(onboarding|workflows|activities|adapters|api|relay|db|sandbox|embedded|config\\.ts|settings\\.ts|start\\.ts|worker\\.ts)',
        pathNot: tests,
      },
      to: {
        path: [
          '^test/',
          tests,
          `${packages}(vitest|fast-check|@temporalio/testing|happy-dom|playwright-core|axe-core)/`,
        ],
      },
    },
    {
      name: 'no-circles',
      comment: 'Two modules that need each other are one, or hide a third that both could import.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: packages },
    exclude: { path: '^(dist|coverage|\\.vestibule|\\.cache|test/histories)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Type imports count: without this a forbidden `import type` passes unseen.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.vue', '.json', '.d.ts'],
    },
  },
};
