/**
 * Who may import whom (docs/architecture.md). A rule's comment is its reason, printed when it is broken.
 * TypeScript 7 has no parser to call, so sources are read with swc, which sees type imports too.
 */

/** Everything in the source tree but the folders named. */
const elsewhere = (...folders) => `^(?!(?:${folders.join('|')}))(?:src|lambdas|lib|bin|console|test|bench|scripts)/`;

/** Packages that do no I/O. Each is named here with the capability that needs it. */
const purePackages = ['fast-json-patch' /* patch */];

const layers = [
  {
    name: 'fhir-is-pure',
    comment: 'src/fhir says what FHIR says, for every runtime: no port, no runtime, no package with I/O. node:zlib unpacks its tables.',
    severity: 'error',
    from: { path: '^src/fhir/' },
    to: { pathNot: ['^src/fhir/', '^(?:node:)?zlib$', ...purePackages.map((name) => `^node_modules/${name}/`)] },
  },
  {
    name: 'ports-are-types',
    comment: 'A port is a noun of the domain; it depends on nothing, so that any adapter can implement it.',
    severity: 'error',
    from: { path: '^src/ports/' },
    to: { pathNot: ['^src/ports/', '^src/fhir/'] },
  },
  {
    name: 'clinical-text-is-pure',
    comment: 'Reading of clinical text is no FHIR and needs no runtime: a text goes in, spans of it come out, in the shapes of its port.',
    severity: 'error',
    from: { path: '^src/clinical-text/' },
    to: { pathNot: ['^src/clinical-text/', '^src/ports/clinical-nlp\\.ts$'] },
  },
  {
    name: 'sql-is-pure',
    comment: 'SQL is read, checked and written without running it: it knows the tables that FHIR\'s definitions make, and no engine.',
    severity: 'error',
    from: { path: '^src/sql/' },
    to: { pathNot: ['^src/sql/', '^src/fhir/'] },
  },
  {
    name: 'store-sees-ports',
    comment: 'The store is one protocol on every runtime: it reaches the world through ports. node:crypto and node:zlib compute.',
    severity: 'error',
    from: { path: '^src/store/' },
    to: { pathNot: ['^src/store/', '^src/ports/', '^src/fhir/', '^(?:node:)?(?:crypto|zlib|util|buffer)$'] },
  },
  {
    name: 'operations-see-the-store',
    comment: 'An operation is a function from data to data; HTTP, Lambda and the machine are for those who call it.',
    severity: 'error',
    from: { path: '^src/operations/' },
    to: {
      pathNot: [
        '^src/operations/', '^src/store/', '^src/ports/', '^src/fhir/', '^src/clinical-text/', '^src/sql/',
        '^(?:node:)?(?:crypto|zlib|util|buffer)$',
      ],
    },
  },
  {
    name: 'machine-is-any-node',
    comment: 'What both runtimes take from the Node process they run in; it knows neither of them.',
    severity: 'error',
    from: { path: '^src/machine/' },
    to: { path: elsewhere('src/machine/', 'src/clinical-text/', 'src/sql/', 'src/operations/', 'src/store/', 'src/ports/', 'src/fhir/') },
  },
  {
    name: 'aws-is-a-runtime',
    comment: 'Like src/embedded it holds adapters and puts the core together over them; it knows nothing of the other runtime.',
    severity: 'error',
    from: { path: '^src/aws/' },
    to: { path: elsewhere('src/aws/', 'src/machine/', 'src/clinical-text/', 'src/sql/', 'src/operations/', 'src/store/', 'src/ports/', 'src/fhir/') },
  },
  {
    name: 'aws-serves-lambdas',
    comment: 'Only Lambdas, their bundles, the adapters\' tests and the bench run on AWS; lib may read names and the list of functions.',
    severity: 'error',
    from: { pathNot: ['^src/aws/', '^lambdas/', '^lib/', '^test/', '^bench/', '^scripts/'] },
    to: { path: '^src/aws/' },
  },
  {
    name: 'lib-reads-names-only',
    comment: 'A stack is made from the operations table, the list of functions, and names; of the product it runs only the check of a setting.',
    severity: 'error',
    from: { path: '^(?:lib|bin)/' },
    to: { path: '^src/', pathNot: '^src/(?:operations/table|aws/(?:names|functions)|ports/table-limits|store/omitted-families)\\.ts$' },
  },
  {
    name: 'nobody-imports-embedded',
    comment: 'The embedded runtime is the top of its own tree: whoever imports it drags SQLite and a server along.',
    severity: 'error',
    from: { pathNot: ['^src/embedded/', '^test/', '^bench/', '^scripts/'] },
    to: { path: '^src/embedded/' },
  },
  {
    name: 'nobody-imports-a-lambda',
    comment: 'A Lambda file is an entry point: imports and one expression.',
    severity: 'error',
    from: { pathNot: '^test/' },
    to: { path: '^lambdas/' },
  },
  {
    name: 'clients-speak-http',
    comment: 'The command line and the console are clients like any other.',
    severity: 'error',
    from: { path: '^(?:src/cli|console)/' },
    to: { path: '^(?:src/(?!cli/)|lambdas/|lib/)' },
  },
];

const packages = [
  {
    name: 'sdk-in-aws-alone',
    comment: 'One place to look for what we ask of AWS, and no SDK in the embedded runtime. Signatures, which ask nothing, are verified there too.',
    severity: 'error',
    from: { pathNot: ['^src/aws/', '^src/cli/', '^test/', '^bench/', '^scripts/'] },
    to: { path: '^node_modules/(?:@aws-sdk|@smithy)/', pathNot: '^node_modules/@smithy/signature-v4/' },
  },
  {
    name: 'clients-only-sign',
    comment: 'The command line speaks HTTP like any client; of AWS\'s packages it takes credentials and the signature.',
    severity: 'error',
    from: { path: '^src/cli/' },
    to: { path: '^node_modules/(?:@aws-sdk|@smithy)/', pathNot: '^node_modules/(?:@aws-sdk/credential-provider-node|@smithy/signature-v4)/' },
  },
  {
    name: 'cdk-in-lib-alone',
    comment: 'Infrastructure is described in lib and composed in bin.',
    severity: 'error',
    from: { pathNot: ['^lib/', '^bin/', '^test/'] },
    to: { path: '^node_modules/(?:aws-cdk-lib|constructs)/' },
  },
  {
    name: 'databases-in-embedded-alone',
    comment: 'SQLite is this runtime\'s engine; everyone else sees the ports.',
    severity: 'error',
    from: { pathNot: ['^src/embedded/', '^test/', '^bench/'] },
    to: { path: '^(?:node:)?sqlite$' },
  },
  {
    name: 'duckdb-in-its-folder',
    comment: 'DuckDB writes the lake on both runtimes and answers SQL on one: its adapters lie in one folder, behind ports.',
    severity: 'error',
    from: { pathNot: ['^src/machine/duckdb/', '^test/', '^bench/'] },
    to: { path: '^node_modules/@duckdb/' },
  },
  {
    name: 'no-development-packages',
    comment: 'What the product imports is installed with it.',
    severity: 'error',
    from: { path: '^(?:src|lambdas)/' },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
  },
];

const shape = [
  {
    name: 'kinds-do-not-know-each-other',
    comment: 'A search parameter kind is read alone; what kinds share lies one folder up.',
    severity: 'error',
    from: { path: '^src/fhir/search/kinds/([^/]+)\\.ts$' },
    to: { path: '^src/fhir/search/kinds/', pathNot: '^src/fhir/search/kinds/$1\\.ts$' },
  },
  {
    name: 'no-tests-in-production',
    comment: 'Production code never depends on test, bench or scripts.',
    severity: 'error',
    from: { path: '^(?:src|lambdas|lib|bin)/' },
    to: { path: '^(?:test|bench|scripts)/' },
  },
  {
    name: 'the-oracle-shares-no-code',
    comment: 'Searches are held against an evaluation that makes its own mistakes: only what starts the server or makes data knows src.',
    severity: 'error',
    from: { path: '^test/oracle/(?:evaluator|generation)/' },
    to: { path: '^(?:src|scripts)/' },
  },
  {
    name: 'no-cycles',
    comment: 'Two files that need each other are one file, or need a third.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    comment: 'A file nobody imports is dead, or an entry point that belongs on this list.',
    severity: 'error',
    from: { orphan: true, path: '^src/', pathNot: ['\\.d\\.ts$', '^src/fhir/definitions/'] },
    to: {},
  },
  {
    name: 'no-unresolvable',
    comment: 'The import points at nothing.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
];

export default {
  forbidden: [...layers, ...packages, ...shape],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    // Declarations beside generated JavaScript: swc does not read them, and they import nothing.
    exclude: { path: '^(?:\\.cache|coverage|cdk\\.out)/|\\.d\\.mts$' },
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
