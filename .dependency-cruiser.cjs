/**
 * The rooms of libs/naver-captcha/src, from the top down: one list a level. A file imports files of its own room and of
 * the levels below; rooms of one level do not import each other.
 */
const lib = '^libs/naver-captcha/src';
/** Entry points beside the main one, each with packages that only its users install. */
const entries = '(redis|standby|swagger|terminus|opentelemetry|testing)';
const levels = [
  ['entries'],
  ['module'],
  ['routes'],
  ['guard'],
  ['contexts', 'challenge'],
  ['limits'],
  ['keys', 'engines', 'store'],
  ['bottom'],
];
/** What a room is, where it is not the folder of its name. */
const folders = {
  module: '(module|index)',
  bottom:
    '(events|errors|error-texts|naver-facts|tokens|types|quiet-logger|span-clock|deadline|unknown-values)',
};
const inside = (room) => `${lib}/${folders[room] ?? room}(/|[.]ts$)`;
const anyOf = (rooms) => rooms.map(inside).join('|');

const roomRules = levels.flatMap((level, depth) =>
  level.flatMap((room) => {
    const above = levels.slice(0, depth).flat();
    const beside = level.filter((other) => other !== room);
    return [
      {
        name: `${room}-points-up`,
        comment:
          'Arrows run one way: entries → module → routes → guard → contexts, challenge → limits → keys, engines, ' +
          'store → events, errors, tokens, types.',
        severity: 'error',
        from: { path: inside(room) },
        to: { path: anyOf(above) },
      },
      {
        name: `${room}-points-aside`,
        comment: 'Rooms of one level do not import each other.',
        severity: 'error',
        from: { path: inside(room) },
        to: { path: anyOf(beside) },
      },
    ].filter(({ to }) => to.path !== '');
  }),
);

/**
 * The rooms of libs/naver-captcha-emulator/src, from the top down. An import may point at the same room or at one
 * further down. index.ts is in no room: no file imports it.
 */
const emulator = '^libs/naver-captcha-emulator/src';
const emulatorRooms = [
  'cli',
  'handle',
  'http',
  'core',
  'options',
  'store',
  'faults',
  'protocol',
  'field-reader',
  'random',
];
const inEmulator = (rooms) => `${emulator}/(${rooms.join('|')})(/|[.]ts$)`;
const emulatorRules = [
  ...emulatorRooms.slice(1).map((room, above) => ({
    name: `emulator-${room}-points-up`,
    comment: `Arrows of the emulator run one way: ${emulatorRooms.join(' → ')}.`,
    severity: 'error',
    from: { path: inEmulator([room]) },
    to: { path: inEmulator(emulatorRooms.slice(0, above + 1)) },
  })),
  {
    name: 'emulator-room-unlisted',
    comment: 'No rule guards the arrows of a folder that is missing in emulatorRooms.',
    severity: 'error',
    from: { path: emulator },
    to: { path: emulator, pathNot: inEmulator([...emulatorRooms, 'index']) },
  },
];

const mediaRules = [
  {
    name: 'media-know-no-protocol',
    comment: 'captcha-media draws a text; what a captcha is, its users know.',
    severity: 'error',
    from: { path: '^libs/captcha-media/' },
    to: { path: '^(libs|apps)/', pathNot: '^libs/captcha-media/' },
  },
  {
    name: 'only-standby-draws',
    comment: 'captcha-media is an optional peer: only the entry point standby, which needs it, loads it.',
    severity: 'error',
    from: { path: '^libs/naver-captcha(-widget)?/', pathNot: `${lib}/entries/standby/` },
    to: { path: '^libs/captcha-media/' },
  },
  {
    name: 'media-by-package-name',
    comment: 'A path into its source would put a second copy of it into the package.',
    severity: 'error',
    from: { path: '^(libs|apps|test)/', pathNot: '^libs/captcha-media/' },
    to: { path: '^libs/captcha-media/src/' },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'No circle, type imports included.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...roomRules,
    {
      name: 'entries-apart',
      comment: 'A user of one entry point loads no package that only another entry point needs.',
      severity: 'error',
      from: { path: `${lib}/entries/${entries}/` },
      to: { path: `${lib}/entries/${entries}/`, pathNot: `${lib}/entries/$1/` },
    },
    {
      name: 'engines-apart',
      comment: 'Engines know the contract and never each other.',
      severity: 'error',
      from: { path: `${lib}/engines/([^/]+)/` },
      to: { path: `${lib}/engines/[^/]+/`, pathNot: `${lib}/engines/$1/` },
    },
    {
      name: 'contract-knows-no-engine',
      severity: 'error',
      from: { path: `${lib}/engines/[^/]+[.]ts$` },
      to: { path: `${lib}/engines/[^/]+/` },
    },
    {
      name: 'only-limits-use-the-store',
      comment:
        'What is counted and how it is named is found in limits/ alone; module/ and entries/ provide stores.',
      severity: 'error',
      from: { path: anyOf(['routes', 'guard', 'contexts', 'challenge', 'keys', 'engines']) },
      to: { path: inside('store') },
    },
    {
      name: 'the-contract-not-the-engine',
      comment:
        'Above engines/, only limits/, module/ and entries/ know an engine; the others know the contract.',
      severity: 'error',
      from: { path: anyOf(['routes', 'guard', 'contexts', 'challenge']) },
      to: { path: `${lib}/engines/[^/]+/` },
    },
    {
      name: 'routes-and-swagger-skip-the-guard',
      comment: 'The routes and the OpenAPI documents need nothing of guard/ but @SkipCaptcha().',
      severity: 'error',
      from: { path: `${lib}/(routes|entries/swagger)/` },
      to: { path: inside('guard'), pathNot: `${lib}/guard/skip-captcha[.]decorator[.]ts$` },
    },
    {
      name: 'no-own-barrel',
      comment: 'Import the file, never the barrel of your own package: barrels make circles.',
      severity: 'error',
      from: { path: '^libs/[^/]+/src/' },
      to: { path: '^libs/[^/]+/src/index[.]ts$' },
    },
    {
      name: 'library-and-emulator-apart',
      comment: 'A shared parser would agree with itself: they meet over HTTP only.',
      severity: 'error',
      from: { path: '^libs/(naver-captcha|naver-captcha-emulator|naver-captcha-widget)/' },
      to: {
        path: '^libs/(naver-captcha|naver-captcha-emulator|naver-captcha-widget)/',
        // The routes serve the widget's script, a text.
        pathNot: '^libs/$1/|^libs/naver-captcha-widget/types/source[.]d[.]ts$',
      },
    },
    {
      name: 'only-naver-speaks-http',
      comment: "Only engines/naver/ knows NAVER's HTTP; module/ imports Nest's HttpModule for it.",
      severity: 'error',
      from: { path: lib, pathNot: `${lib}/(engines/naver|module)/` },
      to: { path: 'node_modules/(undici|axios|@nestjs/axios)/' },
    },
    {
      name: 'no-deep-imports-from-nest',
      severity: 'error',
      from: { path: '^(libs|apps|test)/' },
      to: {
        path: 'node_modules/@nestjs/[^/]+/',
        dependencyTypes: ['npm'],
        pathNot: 'node_modules/@nestjs/[^/]+/(dist/)?index[.](d[.]ts|js)$',
      },
    },
    {
      name: 'no-undeclared-dependency',
      comment: 'What tests need is declared at the root; an optional peer counts as declared.',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: '^apps/[^/]+/test/' },
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'],
        dependencyTypesNot: ['npm-peer'],
        pathNot: '^libs/',
      },
    },
    {
      name: 'not-reachable',
      comment: 'A source file that no public entry point leads to is dead.',
      severity: 'error',
      from: { path: `^libs/[^/]+/src/(index|entries/${entries}/index|cli/main)[.]ts$` },
      to: {
        path: '^libs/[^/]+/src/',
        pathNot: `^libs/naver-captcha-widget/|/src/(index|entries/${entries}/index|cli/main)[.]ts$`,
        reachable: false,
      },
    },
    ...emulatorRules,
    ...mediaRules,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules|/dist/' },
    // The builds of the libraries stay visible: an import by package name leads there.
    exclude: { path: '^(?!libs/[^/]+/dist/).*/dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'module-sync', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.d.ts'],
    },
  },
};
