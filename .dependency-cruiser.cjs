/**
 * The rooms of libs/naver-captcha/src, from the top down. An import may point at the same room or at one further
 * down; `naver` and `store` stand side by side and never see each other. On top are the doors beside the main one.
 */
const lib = '^libs/naver-captcha/src';
/** What an application imports only where it uses it: each a package entry of its own. */
const doors = '(redis|swagger|terminus|opentelemetry|testing)';
const rooms = [
  ['door', doors],
  ['module', '(module|index)'],
  ['routes', 'routes'],
  ['guard', 'guard'],
  ['challenge', 'challenge'],
  ['naver', 'naver'],
  ['store', 'store'],
  ['bottom', '(events|errors|tokens|types)'],
];
const inside = (pattern) => `${lib}/${pattern}(/|[.]ts$)`;

const upward = [];
rooms.forEach(([name, from], level) => {
  const above = rooms.slice(0, level).filter(([other]) => !(name === 'store' && other === 'naver'));
  if (above.length === 0) return;
  upward.push({
    name: `${name}-points-up`,
    comment:
      'Arrows run one way: doors → module → routes → guard → challenge → naver, store → events, errors, tokens, types.',
    severity: 'error',
    from: { path: inside(from) },
    to: { path: above.map(([, pattern]) => inside(pattern)).join('|') },
  });
});

/**
 * The rooms of libs/naver-captcha-emulator/src, from the top down. An import may point at the same room or at one
 * further down; `media`, the lowest, imports nothing else of the emulator. index.ts is in no room: no file imports it.
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
  'media',
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
    ...upward,
    {
      name: 'naver-and-store-apart',
      severity: 'error',
      from: { path: inside('(naver|store)') },
      to: { path: inside('(naver|store)'), pathNot: `${lib}/$1/` },
    },
    {
      name: 'doors-apart',
      comment: 'Whoever opens one door beside the main one loads no package that only another needs.',
      severity: 'error',
      from: { path: inside(doors) },
      to: { path: inside(doors), pathNot: `${lib}/$1/` },
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
      comment: "Only naver/ knows NAVER's HTTP; module/ hands it Nest's HttpModule.",
      severity: 'error',
      from: { path: lib, pathNot: `${lib}/(naver|module)/` },
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
      comment: 'A source file that no public door leads to is dead.',
      severity: 'error',
      from: { path: `^libs/[^/]+/src/(index|${doors}/index|cli/main)[.]ts$` },
      to: {
        path: '^libs/[^/]+/src/',
        pathNot: `^libs/naver-captcha-widget/|/src/(index|${doors}/index|cli/main)[.]ts$`,
        reachable: false,
      },
    },
    ...emulatorRules,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '/dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'module-sync', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.d.ts'],
    },
  },
};
