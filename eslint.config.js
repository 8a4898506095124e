// What reviewers would otherwise say by hand: no lost promises, no secrets of the environment read in passing,
// no connection to the outside that goes around the egress guard. Folder rules live in .dependency-cruiser.mjs.
import globals from 'globals';
import tseslint from 'typescript-eslint';
import vue from 'eslint-plugin-vue';
import vueAccessibility from 'eslint-plugin-vuejs-accessibility';
import vueParser from 'vue-eslint-parser';

const server = [
  'onboarding',
  'workflows',
  'activities',
  'adapters',
  'api',
  'relay',
  'db',
  'sandbox',
  'embedded',
];
const nodeSources = [
  ...server.map((folder) => `${folder}/**/*.ts`),
  '*.ts',
  'scripts/**/*.ts',
  'examples/**/*.ts',
  'test/**/*.ts',
];
const tests = ['**/*.test.ts', 'test/**/*.ts'];

/** Files that may open connections of their own: the guard itself, servers we start, and what stands outside. */
const mayConnect = ['adapters/egress.ts', 'embedded/**', 'sandbox/**', 'scripts/**', 'examples/**', ...tests];
/** Files that may read the wall clock: wiring, tests, and what stands outside. Elsewhere time is a parameter. */
const businessCode = ['onboarding', 'activities', 'adapters', 'api', 'relay', 'db'].map(
  (folder) => `${folder}/**/*.ts`,
);

/** A literal that is spread where it stands hides what the whole has in it. */
const spelledOut = ['ObjectExpression', 'ArrayExpression'].map((literal) => ({
  selector: `${literal} > SpreadElement > ${literal}`,
  message: 'Write these where they belong, one by one.',
}));
const environment = [
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: 'Read settings from config.ts: it checks all of them once and says what is wrong.',
  },
  {
    selector: "ImportDeclaration[source.value=/^(node:)?process$/] ImportSpecifier[imported.name='env']",
    message: 'Read settings from config.ts: it checks all of them once and says what is wrong.',
  },
];
const connections = [
  {
    selector:
      'CallExpression[callee.object.name=/^(http|https|net|tls|http2)$/][callee.property.name=/^(request|get|connect|createConnection)$/]',
    message:
      'Connections to the outside go through adapters/egress.ts, which refuses private addresses [NET-01].',
  },
];
const clock = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Time is a parameter: take `now: () => Date` from the dependencies.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Time is a parameter: take `now: () => Date` from the dependencies.',
  },
];
const egress =
  'Connections to the outside go through adapters/egress.ts, which refuses private addresses [NET-01].';
const connectionImports = [
  { name: 'undici', message: egress },
  ...['http', 'https'].flatMap((name) => [
    { name, importNames: ['request', 'get'], message: egress },
    { name: `node:${name}`, importNames: ['request', 'get'], message: egress },
  ]),
  ...['net', 'tls', 'http2'].flatMap((name) => [
    { name, importNames: ['connect', 'createConnection', 'Socket', 'TLSSocket'], message: egress },
    {
      name: `node:${name}`,
      importNames: ['connect', 'createConnection', 'Socket', 'TLSSocket'],
      message: egress,
    },
  ]),
];
const connectionGlobals = ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'].map((name) => ({
  name,
  message: egress,
}));
const sqlImports = ['kysely', 'pg'].map((name) => ({
  name,
  message: 'SQL lives in db/: call a repository.',
}));

export default tseslint.config(
  {
    ignores: ['dist/**', 'node_modules/**', '.vestibule/**', '.cache/**', 'coverage/**', 'test/histories/**'],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  {
    files: [...nodeSources, 'portal/**/*.ts', 'portal/**/*.vue'],
    extends: [tseslint.configs.recommended],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { arguments: false, attributes: false } },
      ],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'no-restricted-exports': 'off',
    },
  },

  { files: nodeSources, languageOptions: { globals: globals.node } },
  {
    files: nodeSources,
    rules: {
      'no-restricted-syntax': ['error', ...spelledOut, ...environment, ...connections],
      'no-restricted-imports': ['error', { paths: [...connectionImports, ...sqlImports] }],
      'no-restricted-globals': ['error', ...connectionGlobals],
    },
  },
  {
    files: businessCode,
    rules: { 'no-restricted-syntax': ['error', ...spelledOut, ...environment, ...connections, ...clock] },
  },
  {
    files: ['db/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: connectionImports }] },
  },
  {
    files: mayConnect,
    rules: {
      'no-restricted-syntax': ['error', ...spelledOut, ...environment],
      'no-restricted-imports': ['error', { paths: sqlImports }],
      'no-restricted-globals': 'off',
    },
  },
  // Launching a database means asking it whether it is there.
  {
    files: ['embedded/**/*.ts', 'test/**/*.ts', 'db/**/*.test.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  // Settings are read here, and the files that hand the environment to it or to a child process.
  {
    files: [
      'config.ts',
      'config.test.ts',
      'start.ts',
      'worker.ts',
      'scripts/**/*.{ts,mjs}',
      'embedded/**/*.ts',
      'test/**/*.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', ...spelledOut] },
  },

  {
    files: ['portal/**/*.ts', 'portal/**/*.vue'],
    languageOptions: { globals: globals.browser },
    rules: {
      'no-restricted-globals': [
        'error',
        ...['fetch', 'XMLHttpRequest', 'WebSocket'].map((name) => ({
          name,
          message: 'The portal talks to the server through portal/shared/api-client.ts only.',
        })),
      ],
      'no-restricted-syntax': [
        'error',
        ...spelledOut,
        ...environment,
        {
          selector: 'AssignmentExpression[left.property.name=/^(innerHTML|outerHTML)$/]',
          message: 'Text from outside must never become markup: bind it as text.',
        },
      ],
    },
  },
  {
    files: ['portal/shared/api-client.ts', 'portal/**/*.test.ts'],
    rules: { 'no-restricted-globals': 'off' },
  },
  ...vue.configs['flat/essential'].map((config) => ({
    ...config,
    files: config.files ?? ['portal/**/*.vue'],
  })),
  ...vueAccessibility.configs['flat/recommended'].map((config) => ({
    ...config,
    files: ['portal/**/*.vue'],
  })),
  {
    files: ['portal/**/*.vue'],
    languageOptions: {
      parser: vueParser,
      parserOptions: {
        parser: tseslint.parser,
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      'vue/no-v-html': 'error',
      // The content policy refuses style attributes in markup; bindings are set through the CSSOM and pass.
      'vue/no-static-inline-styles': ['error', { allowBinding: true }],
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/require-explicit-emits': 'error',
      'vue/no-unused-refs': 'error',
      'vue/no-unused-properties': 'error',
      'vue/no-undef-components': ['error', { ignorePatterns: ['RouterLink', 'RouterView', 'Icon.*'] }],
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
      'vuejs-accessibility/no-static-element-interactions': 'error',
    },
  },

  {
    files: ['scripts/**/*.mjs', '*.mjs', '*.js'],
    languageOptions: { globals: globals.node },
    rules: {
      'no-undef': 'error',
      'no-unused-vars': 'error',
      'prefer-const': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
);
